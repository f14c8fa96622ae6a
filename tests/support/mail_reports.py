"""Bounces and complaints as mail servers write them."""

from uuid import UUID


def bounce(message_id: UUID, *, action: str = "failed", status: str = "5.1.1", headers_only: bool = False) -> bytes:
    """A delivery status notification of RFC 3464, in the shape Postfix gives it."""
    returned = "text/rfc822-headers" if headers_only else "message/rfc822"
    return f"""From: MAILER-DAEMON@mx.example (Mail Delivery System)
To: care@shop.example
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="B1"

--B1
Content-Type: text/plain; charset=us-ascii

I'm sorry to have to inform you that your message could not be delivered.

--B1
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example
Arrival-Date: Mon, 2 Mar 2026 12:00:00 +0000

Final-Recipient: rfc822; customer@example.com
Action: {action}
Status: {status}
Diagnostic-Code: smtp; 550 {status} <customer@example.com>: no such user

--B1
Content-Type: {returned}

From: Test Shop <care@shop.example>
To: customer@example.com
Message-ID: <{message_id}@shop.example>
Subject: Thank you

Thank you.
--B1--
""".replace("\n", "\r\n").encode()


def complaint(message_id: UUID, *, feedback: str = "abuse") -> bytes:
    """An abuse report of RFC 5965."""
    return f"""From: <abusedesk@example.com>
To: <abuse@shop.example>
Subject: FW: Thank you
MIME-Version: 1.0
Content-Type: multipart/report; report-type=feedback-report; boundary="part1"

--part1
Content-Type: text/plain; charset="US-ASCII"

This is an email abuse report.

--part1
Content-Type: message/feedback-report

Feedback-Type: {feedback}
User-Agent: SomeGenerator/1.0
Version: 1

--part1
Content-Type: message/rfc822

From: <care@shop.example>
To: <customer@example.com>
Subject: Thank you
Message-ID: <{message_id}@shop.example>

Thank you.
--part1--
""".replace("\n", "\r\n").encode()
