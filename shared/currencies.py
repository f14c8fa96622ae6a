"""How many decimal digits each currency has: amounts of money are kept as exact counts of the minor unit.

Source: ISO 4217 list one as published on 2026-01-01 by its maintenance agency (SIX). Withdrawn codes are kept with the
digits they had, since history back to 1970 is recorded in the money of its day: a table that follows the list alone
would one day refuse what it took the day before. Units without a minor unit (gold, SDR, test codes) are no money here.
"""

_CODES_BY_DIGITS = {
    0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF",
    2: (
        "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE CHF CHW "
        "CNY COP COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF "
        "IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK "
        "MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP "
        "SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST XAD XCD XCG "
        "YER ZAR ZMW ZWG"
    ),
    3: "BHD IQD JOD KWD LYD OMR TND",
    4: "CLF UYW",
}
_WITHDRAWN_BY_DIGITS = {
    0: "ADP BEF BYB BYR ESP GRD ITL LUF MGF PTE ROL TPE TRL",
    2: (
        "AFA ANG ATS AZM BGL BGN CSD CUC CYP DEM EEK FIM FRF GHC GWP HRK IEP LTL LVL MRO MTL MZM NLG RUR SDD SIT SKK "
        "SLL SRG STD TMM USS VEB VEF YUM ZMK ZWD ZWL ZWN ZWR"
    ),
}

MINOR_UNIT_DIGITS = {
    code: digits
    for codes_by_digits in (_WITHDRAWN_BY_DIGITS, _CODES_BY_DIGITS)
    for digits, codes in codes_by_digits.items()
    for code in codes.split()
}
"""Decimal digits by currency code: 2 for CNY (fen), 0 for JPY, 3 for KWD."""
