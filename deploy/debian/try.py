"""For deploy/debian/try: a name server of contoso.test, and a service manager that writes down what it hears.

try.py FOLDER SOCKET: the MX record is what the file FOLDER/mx says, the port goes to FOLDER/port, messages to FOLDER/notified.
"""
import os
import socket
import struct
import sys
import threading

folder, name = sys.argv[1:3]


def wire(host):
    return b"".join(bytes([len(label)]) + label.encode() for label in host.split(".")) + b"\0"


def question(packet):
    labels, at = [], 12
    while packet[at]:
        labels.append(packet[at + 1 : at + 1 + packet[at]].decode("ascii", "replace").lower())
        at += packet[at] + 1
    return ".".join(labels), struct.unpack("!H", packet[at + 1 : at + 3])[0], packet[12 : at + 5]


def records(host, kind):
    if host == "contoso.test" and kind == 15:
        with open(folder + "/mx") as file:
            preference, target = file.read().split()
        return [struct.pack("!H", int(preference)) + wire(target)]
    if host == "contoso.test" and kind == 16:
        text = b"v=spf1 mx -all"
        return [bytes([len(text)]) + text]
    if host in ("mx.contoso.test", "mx2.contoso.test") and kind == 1:
        return [bytes([198, 51, 100, 10])]
    return []


def answer(packet):
    host, kind, asked = question(packet)
    found = records(host, kind)
    exists = host in ("test", "contoso.test", "mx.contoso.test", "mx2.contoso.test")
    header = packet[:2] + struct.pack("!HHHHH", 0x8580 | (0 if exists else 3), 1, len(found), 0 if found else 1, 0)
    body = b"".join(b"\xc0\x0c" + struct.pack("!HHIH", kind, 1, 0, len(data)) + data for data in found)
    if not found:
        soa = wire("ns.contoso.test") + wire("hostmaster.contoso.test") + struct.pack("!IIIII", 1, 3600, 600, 86400, 0)
        body = wire("contoso.test") + struct.pack("!HHIH", 6, 1, 0, len(soa)) + soa
    return header + asked + body


def tcp(server):
    while True:
        peer, _ = server.accept()
        with peer:
            peer.settimeout(2)
            try:
                size = struct.unpack("!H", peer.recv(2, socket.MSG_WAITALL))[0]
                reply = answer(peer.recv(size, socket.MSG_WAITALL))
                peer.sendall(struct.pack("!H", len(reply)) + reply)
            except (OSError, struct.error):
                pass


def notified():
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    listener.bind("\0" + name[1:])
    with open(folder + "/notified", "a", buffering=1) as file:
        while True:
            file.write(listener.recv(4096).decode() + "\n")


threading.Thread(target=notified, daemon=True).start()
udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
udp.bind(("127.0.0.1", 0))
server = socket.create_server(udp.getsockname())
threading.Thread(target=tcp, args=(server,), daemon=True).start()
with open(folder + "/port.new", "w") as file:
    file.write(str(udp.getsockname()[1]))
os.rename(folder + "/port.new", folder + "/port")
while True:
    packet, peer = udp.recvfrom(4096)
    udp.sendto(answer(packet), peer)
