"""What the examples of all events share; people and shops are made up."""

CUSTOMER_ID = "0192f1c4-7a10-7c3e-9d52-3f6f1f0e8a11"
CONTACT_ID = "0192f1c4-7a10-7c3e-9d52-3f6f1f0e8b22"
INTERACTION_ID = "5b1c1a52-6b53-5a53-9d36-2f6d9a5b1c10"
AT = "2026-03-01T04:12:30Z"
RECORDED_AT = "2026-03-01T04:12:31.480Z"
SHOP = "urn:shop:beijing-07"
CNY_128 = {"minor": 12800, "currency": "CNY"}
CNY_128_TEXT = {"amount": "128.00", "currency": "CNY"}
