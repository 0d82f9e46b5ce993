package maildrift.probes.dns;

/** The record types that maildrift asks for, with their numbers (IANA DNS parameters). */
public enum RecordType {
  A(1),
  NS(2),
  CNAME(5),
  SOA(6),
  PTR(12),
  MX(15),
  TXT(16),
  AAAA(28),
  SRV(33),
  DS(43),
  RRSIG(46),
  DNSKEY(48),
  NSEC3PARAM(51),
  TLSA(52),
  SPF(99),
  CAA(257);

  private final int code;

  RecordType(int code) {
    this.code = code;
  }

  public int code() {
    return code;
  }
}
