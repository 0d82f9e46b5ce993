package maildrift.probes.dns;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import maildrift.probes.dns.WireReader.Malformed;
import org.jspecify.annotations.Nullable;

/**
 * Reads a response as the answer to one question: checks that it is one, follows the CNAME chain
 * inside it, and says no more than the message does. Only records that the chain leads to count;
 * whatever else a server adds is ignored.
 */
final class Response {
  /** A chain longer than this is not followed. */
  static final int MAX_CHAIN = 16;

  /** More records of one answer than anybody publishes on purpose. */
  static final int MAX_RECORDS = 1024;

  private static final int QR_AND_OPCODE = 0xf8;
  private static final int AA = 0x04;
  private static final int TC = 0x02;
  private static final int RA = 0x80;
  private static final int AD = 0x20;

  private static final int NOERROR = 0;
  private static final int FORMERR = 1;
  private static final int SERVFAIL = 2;
  private static final int NXDOMAIN = 3;
  private static final int NOTIMP = 4;
  private static final int REFUSED = 5;

  private static final int TYPE_NS = RecordType.NS.code();
  private static final int TYPE_CNAME = RecordType.CNAME.code();
  private static final int TYPE_SOA = RecordType.SOA.code();
  private static final int TYPE_OPT = 41;
  private static final int CLASS_IN = 1;
  private static final int OPTION_EXTENDED_ERROR = 15;

  private final Question question;
  private final Query query;
  private final Source source;
  private final WireReader in;
  private final int flags;
  private final int moreFlags;

  private final List<Resource> answers = new ArrayList<>(4);
  private @Nullable Resource startOfAuthority;
  private boolean nameServersInAuthority;
  private boolean edns;
  private int extendedRcode;
  private int extendedError = -1;
  private String extendedText = "";

  /**
   * Who is asked, and how far it is believed.
   *
   * @param name {@code address:port}, for messages
   * @param validates its AD bit counts
   * @param zone what lies outside is not its to say; the root for a resolver
   * @param resolver it recurses: asked with RD
   */
  record Source(String name, boolean validates, DnsName zone, boolean resolver) {}

  /** One record of the message: where its data are. */
  private record Resource(DnsName owner, int type, long ttl, int start, int end) {}

  private Response(Question question, Query query, Source source, byte[] message, int length) {
    this.question = question;
    this.query = query;
    this.source = source;
    this.flags = message[2] & 0xff;
    this.moreFlags = message[3] & 0xff;
    this.in = new WireReader(message, Query.HEADER, length);
  }

  /**
   * What a message amounts to. Never throws.
   *
   * @param exact over UDP, where the question must come back with its very case
   */
  static Reply read(
      byte[] message, int length, Question question, Query query, Source source, boolean exact) {
    var mismatch = mismatch(message, length, query, exact);
    if (mismatch.isPresent()) {
      return mismatch.get();
    }
    try {
      var reply = new Response(question, query, source, message, length).read(message, exact);
      return query.wantsAll() && (reply instanceof Reply.Said || reply instanceof Reply.Continues)
          ? new Reply.Whole(reply, new Octets(Arrays.copyOf(message, length)))
          : reply;
    } catch (Malformed malformed) {
      return new Reply.Failed(Answer.Failure.MALFORMED, malformed.why());
    }
  }

  private static Optional<Reply> mismatch(byte[] message, int length, Query query, boolean exact) {
    if (length < Query.HEADER) {
      return failed(Answer.Failure.MALFORMED, "a message of " + length + " octets");
    }
    if ((((message[0] & 0xff) << 8) | (message[1] & 0xff)) != query.id()) {
      return failed(Answer.Failure.MISMATCH, "the response has another id");
    }
    if ((message[2] & QR_AND_OPCODE) != 0x80) {
      return failed(Answer.Failure.MALFORMED, "not a response to a query");
    }
    var questions = ((message[4] & 0xff) << 8) | (message[5] & 0xff);
    var rcode = message[3] & 0x0f;
    if (questions == 0 && !exact && rcode != NOERROR && rcode != NXDOMAIN) {
      // Servers that cannot read a query do not repeat it; over TCP nobody else can say so.
      return Optional.empty();
    }
    var end = query.questionEnd();
    if (questions != 1 || length < end || !sameQuestion(message, query.wire(), end, exact)) {
      return failed(Answer.Failure.MISMATCH, "the response is for another question");
    }
    return Optional.empty();
  }

  private static boolean sameQuestion(byte[] message, byte[] asked, int end, boolean exact) {
    if (Arrays.equals(message, Query.HEADER, end, asked, Query.HEADER, end)) {
      return true;
    }
    if (exact) {
      return false;
    }
    for (var i = Query.HEADER; i < end; i++) {
      if (lower(message[i]) != lower(asked[i])) {
        return false;
      }
    }
    return true;
  }

  private static int lower(byte c) {
    return c >= 'A' && c <= 'Z' ? c + 32 : c;
  }

  private static Optional<Reply> failed(Answer.Failure failure, String why) {
    return Optional.of(new Reply.Failed(failure, why));
  }

  private Reply read(byte[] message, boolean overUdp) throws Malformed {
    if ((flags & TC) != 0) {
      return overUdp
          ? new Reply.Truncated()
          : new Reply.Failed(Answer.Failure.MALFORMED, "truncated over TCP");
    }
    var rcode = moreFlags & 0x0f;
    if (rcode != NOERROR && rcode != NXDOMAIN) {
      return refusal(message, rcode);
    }
    in.moveTo(query.questionEnd());
    readSections(message);
    if (extendedRcode != 0) {
      return new Reply.Failed(
          Answer.Failure.RCODE,
          "response code " + ((extendedRcode << 4) | rcode) + extendedError());
    }
    if (extendedError == 3 || extendedError == 19) {
      // RFC 8767: what was true some time ago. To a monitor that is not an answer.
      return new Reply.Failed(
          Answer.Failure.SERVFAIL, "the resolver has only a stale answer" + extendedError());
    }
    return answer(rcode);
  }

  private Reply refusal(byte[] message, int rcode) {
    var questions = ((message[4] & 0xff) << 8) | (message[5] & 0xff);
    in.moveTo(questions == 0 ? Query.HEADER : query.questionEnd());
    try {
      readSections(message);
    } catch (Malformed _) {
      // The response code is all that matters; the rest would only have explained it.
    }
    if (rcode == FORMERR && !edns && query.wire().length > query.questionEnd()) {
      return new Reply.NoEdns();
    }
    var why =
        switch (rcode) {
          case SERVFAIL -> "SERVFAIL";
          case REFUSED -> "REFUSED";
          case FORMERR -> "FORMERR";
          case NOTIMP -> "NOTIMP";
          default -> "response code " + ((extendedRcode << 4) | rcode);
        };
    var failure =
        switch (rcode) {
          case SERVFAIL -> Answer.Failure.SERVFAIL;
          case REFUSED -> Answer.Failure.REFUSED;
          default -> Answer.Failure.RCODE;
        };
    return new Reply.Failed(failure, why + extendedError());
  }

  private void readSections(byte[] message) throws Malformed {
    var answerCount = count(message, 6);
    var authorityCount = count(message, 8);
    var additionalCount = count(message, 10);
    if (answerCount > MAX_RECORDS) {
      throw new Malformed("an answer of " + answerCount + " records, more than " + MAX_RECORDS);
    }
    for (var i = 0; i < answerCount; i++) {
      var owner = owner();
      var type = in.u16();
      var dataClass = in.u16();
      var ttl = ttl(in.u32());
      var length = in.u16();
      var start = in.at();
      in.skip(length);
      if (dataClass == CLASS_IN) {
        answers.add(new Resource(owner, type, ttl, start, start + length));
      }
    }
    for (var i = 0; i < authorityCount; i++) {
      readAuthority();
    }
    for (var i = 0; i < additionalCount; i++) {
      readAdditional();
    }
  }

  private static int count(byte[] message, int at) {
    return ((message[at] & 0xff) << 8) | (message[at + 1] & 0xff);
  }

  /** RFC 2181 §8: with the top bit set it is zero. */
  private static long ttl(long value) {
    return value > Integer.MAX_VALUE ? 0 : value;
  }

  private DnsName owner() throws Malformed {
    return in.pointsTo(Query.HEADER) ? question.name() : in.name();
  }

  private void readAuthority() throws Malformed {
    var ownerAt = in.at();
    in.skipName();
    var type = in.u16();
    var dataClass = in.u16();
    var ttl = ttl(in.u32());
    var length = in.u16();
    var start = in.at();
    in.skip(length);
    if (dataClass != CLASS_IN) {
      return;
    }
    if (type == TYPE_NS) {
      nameServersInAuthority = true;
    } else if (type == TYPE_SOA && startOfAuthority == null) {
      in.moveTo(ownerAt);
      var owner = owner();
      in.moveTo(start + length);
      startOfAuthority = new Resource(owner, type, ttl, start, start + length);
    }
  }

  private void readAdditional() throws Malformed {
    in.skipName();
    var type = in.u16();
    in.skip(2);
    var extended = in.u8();
    in.skip(3);
    var length = in.u16();
    var end = in.at() + length;
    if (type == TYPE_OPT) {
      edns = true;
      extendedRcode = extended;
      while (in.at() + 4 <= end) {
        var code = in.u16();
        var size = in.u16();
        var next = in.at() + size;
        if (next > end) {
          throw new Malformed("an EDNS option longer than its record");
        }
        if (code == OPTION_EXTENDED_ERROR && size >= 2) {
          extendedError = in.u16();
          extendedText = in.latin1(size - 2);
        }
        in.moveTo(next);
      }
      in.moveTo(end);
      in.skip(0);
    } else {
      in.skip(length);
    }
  }

  /** RFC 8914, for the message: the resolver's own reason, the best there is. */
  private String extendedError() {
    if (extendedError < 0) {
      return "";
    }
    var text = new StringBuilder(" (EDE ").append(extendedError);
    var name = extendedErrorName(extendedError);
    if (!name.isEmpty()) {
      text.append(' ').append(name);
    }
    if (!extendedText.isEmpty()) {
      text.append(": ");
      extendedText
          .chars()
          .limit(100)
          .forEach(c -> text.append(c >= 0x20 && c < 0x7f ? (char) c : '?'));
    }
    return text.append(')').toString();
  }

  private static String extendedErrorName(int code) {
    return switch (code) {
      case 1 -> "unsupported DNSKEY algorithm";
      case 2 -> "unsupported DS digest";
      case 3 -> "stale answer";
      case 4 -> "forged answer";
      case 5 -> "DNSSEC indeterminate";
      case 6 -> "DNSSEC bogus";
      case 7 -> "signature expired";
      case 8 -> "signature not yet valid";
      case 9 -> "DNSKEY missing";
      case 10 -> "RRSIGs missing";
      case 13 -> "cached error";
      case 14 -> "not ready";
      case 15 -> "blocked";
      case 16 -> "censored";
      case 17 -> "filtered";
      case 18 -> "prohibited";
      case 19 -> "stale NXDOMAIN";
      case 20 -> "not authoritative";
      case 22 -> "no reachable authority";
      case 23 -> "network error";
      case 24 -> "invalid data";
      default -> "";
    };
  }

  private Reply answer(int rcode) throws Malformed {
    var validated = source.validates() && (moreFlags & AD) != 0;
    var aliases = List.<DnsName>of();
    var current = question.name();
    var ttl = (long) Integer.MAX_VALUE;
    while (true) {
      var records = recordsAt(current);
      if (!records.isEmpty()) {
        return new Reply.Said(
            new Answer.Found(
                records,
                aliases,
                Duration.ofSeconds(Math.min(ttl, ttlAt(current))),
                source.name(),
                validated));
      }
      var alias = question.type() == RecordType.CNAME ? null : aliasAt(current);
      if (alias == null) {
        break;
      }
      in.moveTo(alias.start());
      var target = in.name();
      if (in.at() != alias.end()) {
        throw new Malformed("the data of a CNAME record have the wrong length");
      }
      var trouble = Chain.trouble(question.name(), aliases, target);
      if (trouble.isPresent()) {
        return new Reply.Failed(Answer.Failure.CHAIN, trouble.get());
      }
      ttl = Math.min(ttl, alias.ttl());
      aliases = aliases.isEmpty() ? new ArrayList<>() : aliases;
      aliases.add(target);
      if (!target.isWithin(source.zone())) {
        return new Reply.Continues(aliases, Duration.ofSeconds(ttl), validated);
      }
      current = target;
    }
    return nothing(rcode, current, aliases, ttl, validated);
  }

  private Reply nothing(
      int rcode, DnsName last, List<DnsName> aliases, long chainTtl, boolean validated)
      throws Malformed {
    var ttl = Duration.ofSeconds(Math.min(chainTtl, negativeTtl(last)));
    if (rcode == NXDOMAIN) {
      return new Reply.Said(new Answer.NoSuchName(aliases, ttl, source.name(), validated));
    }
    if (!aliases.isEmpty() && !isSoaAbove(last)) {
      return new Reply.Continues(aliases, Duration.ofSeconds(chainTtl), validated);
    }
    var authoritative = (flags & AA) != 0;
    if (startOfAuthority == null && nameServersInAuthority && !authoritative) {
      return new Reply.Failed(
          Answer.Failure.RCODE,
          source.resolver()
              ? "a referral to other name servers: it does not recurse"
              : "a referral to other name servers: it does not serve the zone");
    }
    return new Reply.Said(new Answer.NoData(aliases, ttl, source.name(), validated));
  }

  /** It recurses and does not serve the zone: as a name server of the zone it is lame. */
  static boolean isLame(byte[] message) {
    return (message[2] & AA) == 0 && (message[3] & RA) != 0;
  }

  /**
   * The name servers that a referral names for a zone (RFC 1034 §4.3.2, step 3b), sorted; empty
   * when the message is no referral to it.
   */
  static List<DnsName> referral(byte[] message, int length, Query query, DnsName zone) {
    if (mismatch(message, length, query, false).isPresent()
        || (message[2] & (AA | TC)) != 0
        || (message[3] & 0x0f) != NOERROR
        || count(message, 6) != 0) {
      return List.of();
    }
    var names = new TreeSet<DnsName>();
    var in = new WireReader(message, query.questionEnd(), length);
    try {
      for (var left = Math.min(count(message, 8), MAX_RECORDS); left > 0; left--) {
        var owner = in.name();
        var type = in.u16();
        var dataClass = in.u16();
        in.skip(4);
        var end = in.u16() + in.at();
        if (type == TYPE_NS && dataClass == CLASS_IN && owner.equals(zone)) {
          names.add(in.name());
        } else {
          in.skip(end - in.at());
        }
        if (in.at() != end) {
          return List.of();
        }
      }
    } catch (Malformed _) {
      return List.of();
    }
    return List.copyOf(names);
  }

  private boolean isSoaAbove(DnsName name) {
    return startOfAuthority != null && name.isWithin(startOfAuthority.owner());
  }

  /** RFC 2308 §5: the smaller of the SOA's TTL and its minimum; without one, not to be kept. */
  private long negativeTtl(DnsName name) throws Malformed {
    var soa = startOfAuthority;
    if (soa == null || !name.isWithin(soa.owner())) {
      return 0;
    }
    in.moveTo(soa.start());
    return in.data(RecordType.SOA, soa.end()) instanceof Rdata.Soa data
        ? Math.min(soa.ttl(), ttl(data.minimum()))
        : 0;
  }

  private List<Rdata> recordsAt(DnsName owner) throws Malformed {
    var code = question.type().code();
    Rdata single = null;
    List<Rdata> several = null;
    for (var resource : answers) {
      if (resource.type() == code && resource.owner().equals(owner)) {
        in.moveTo(resource.start());
        var data = in.data(question.type(), resource.end());
        if (single == null) {
          single = data;
        } else {
          if (several == null) {
            several = new ArrayList<>(answers.size());
            several.add(single);
          }
          several.add(data);
        }
      }
    }
    if (several == null) {
      return single == null ? List.of() : List.of(single);
    }
    // RFC 2181 §5: a set holds a record once.
    return several.stream().distinct().sorted().toList();
  }

  private long ttlAt(DnsName owner) {
    var code = question.type().code();
    var smallest = (long) Integer.MAX_VALUE;
    for (var resource : answers) {
      if (resource.type() == code && resource.owner().equals(owner)) {
        smallest = Math.min(smallest, resource.ttl());
      }
    }
    return smallest;
  }

  private @Nullable Resource aliasAt(DnsName owner) {
    for (var resource : answers) {
      if (resource.type() == TYPE_CNAME && resource.owner().equals(owner)) {
        return resource;
      }
    }
    return null;
  }
}
