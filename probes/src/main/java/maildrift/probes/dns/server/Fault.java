package maildrift.probes.dns.server;

/** What the name server can be told to get wrong, for one name or for all. */
public enum Fault {
  /** Response code SERVFAIL, over UDP and TCP. */
  SERVFAIL,
  /** Response code SERVFAIL unless the query says that it checks itself (CD). */
  BOGUS,
  /** Response code REFUSED, over UDP and TCP. */
  REFUSED,
  /** Response code FORMERR to every query that carries EDNS, as some ancient servers do. */
  FORMERR_TO_EDNS,
  /** Response code NOTIMP, over UDP and TCP. */
  NOTIMP,
  /** No answer at all, over UDP or TCP. */
  SILENT,
  /** No answer over UDP; TCP works. */
  SILENT_OVER_UDP,
  /** The first datagram of each name and type is lost; the next is answered. */
  LOSES_THE_FIRST,
  /** Three datagrams of ten are lost, whichever; TCP works. */
  LOSES_SOME,
  /** UDP answers are empty and carry TC; TCP works. */
  TRUNCATED,
  /** UDP answers carry another id; TCP works. */
  WRONG_ID,
  /** A forged datagram with another id and another answer arrives just before the right one. */
  FORGED_FIRST,
  /** UDP answers are for another name. */
  WRONG_QUESTION,
  /** The question's letters come back with their case inverted, over UDP. */
  WRONG_CASE,
  /** UDP answers have the wrong id and TCP connections are closed without an answer. */
  WRONG_ID_AND_NO_TCP,
  /** A few bytes that are no DNS message, over UDP; TCP works. */
  GARBAGE,
  /** A few bytes that are no DNS message, over UDP and TCP. */
  GARBAGE_EVERYWHERE,
  /** TCP connections are accepted and never answered. */
  MUTE_TCP,
  /** TCP answers come one byte every 50 milliseconds. */
  DRIPPING_TCP,
  /** TCP promises 65,535 bytes and sends a few. */
  ENDLESS_TCP,
  /** TCP connections are closed at once. */
  CLOSED_TCP,
  /** A referral to the name servers of the root, without an answer. */
  REFERRAL,
  /** NXDOMAIN, whatever the data say: a lie. */
  DENIES,
  /** No data, whatever the data say: a lie. */
  EMPTIES,
  /** Every name has an address: what does not exist leads to a page of advertisements. */
  HIJACKS
}
