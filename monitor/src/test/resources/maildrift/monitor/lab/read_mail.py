"""Reads the mails of a mailbox folder (Maildir/new) with Python's own parser, strictly, and prints them as JSON, oldest first."""
import email
import email.policy
import json
import pathlib
import sys

mails = []
for file in sorted(pathlib.Path(sys.argv[1]).glob("*"), key=lambda path: path.stat().st_mtime_ns):
    raw = file.read_bytes()
    mail = email.message_from_bytes(raw, policy=email.policy.SMTP)
    parts = {}
    defects = [type(defect).__name__ for defect in mail.defects]
    for part in mail.walk():
        defects += [type(defect).__name__ for defect in part.defects]
        if not part.is_multipart():
            parts[part.get_content_type()] = part.get_content()
    head = raw.split(b"\r\n\r\n" if b"\r\n\r\n" in raw else b"\n\n")[0]
    mails.append(
        {
            "headers": [[name, str(value)] for name, value in mail.items()],
            "structure": mail.get_content_type() + " " + " ".join(p.get_content_type() for p in mail.iter_parts()),
            "parts": parts,
            "defects": defects,
            "longestLine": max(len(line) for line in raw.splitlines()),
            "bareHead": all(byte < 128 for byte in head),
        }
    )
print(json.dumps(mails))
