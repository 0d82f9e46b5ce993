package maildrift.probes.dns;

import com.google.common.hash.HashFunction;
import com.google.common.hash.Hashing;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import maildrift.probes.dns.WireReader.Malformed;
import org.xbill.DNS.Type;

/**
 * What a message says and proves, for {@link Proofs}.
 *
 * @param mark the same for two messages whose answers and denials are the same, in whatever order,
 *     whatever is left of their TTLs and whatever is added below. Its key is a secret of this
 *     process: nobody can make two messages of one mark
 * @param signatures in the answer and in the denial; a few, for dates and algorithms
 */
record Content(long mark, List<Signature> signatures) {
  private static final HashFunction KEYED = keyed();
  private static final int MAX_SIGNATURES = 40;

  /** The types whose names may point elsewhere in the message (RFC 3597 §4): read, not compared. */
  private static final List<RecordType> COMPRESSED =
      List.of(
          RecordType.NS,
          RecordType.CNAME,
          RecordType.SOA,
          RecordType.PTR,
          RecordType.MX,
          RecordType.SRV);

  Content {
    signatures = List.copyOf(signatures);
  }

  private static HashFunction keyed() {
    var random = new SecureRandom();
    return Hashing.sipHash24(random.nextLong(), random.nextLong());
  }

  static Content of(byte[] octets) {
    var signatures = new ArrayList<Signature>();
    try {
      var in = new WireReader(octets, 2, octets.length);
      var mark = (long) in.u16();
      var questions = in.u16();
      var answers = in.u16();
      var denials = in.u16();
      in.u16();
      for (var i = 0; i < questions; i++) {
        in.skipName();
        in.skip(4);
      }
      for (var i = 0; i < answers; i++) {
        mark += record(in, "answer", signatures);
      }
      for (var i = 0; i < denials; i++) {
        mark += record(in, "denial", signatures);
      }
      return new Content(mark, signatures);
    } catch (Malformed _) {
      // Only where data are not as their type says; then the very octets count.
      return new Content(KEYED.hashBytes(octets).asLong(), signatures);
    }
  }

  /** Whether there may be more signatures than are listed. */
  boolean isCut() {
    return signatures.size() >= MAX_SIGNATURES;
  }

  /** The mark of a question whose message has this one. */
  long mark(Question question) {
    return KEYED
        .newHasher()
        .putLong(mark)
        .putInt(question.type().code())
        .putString(question.name().toString(), StandardCharsets.ISO_8859_1)
        .hash()
        .asLong();
  }

  private static long record(WireReader in, String section, List<Signature> signatures)
      throws Malformed {
    var owner = in.name();
    var type = in.u16();
    var dataClass = in.u16();
    in.skip(4);
    var length = in.u16();
    var start = in.at();
    var end = start + length;
    if (type == RecordType.RRSIG.code() && signatures.size() < MAX_SIGNATURES) {
      signatures.add(signature(in, owner));
      in.moveTo(start);
    }
    var hasher =
        KEYED
            .newHasher()
            .putUnencodedChars(section)
            .putUnencodedChars(owner.toString())
            .putInt(type)
            .putInt(dataClass);
    var compressed = compressed(type);
    if (compressed.isPresent()) {
      hasher.putUnencodedChars(in.data(compressed.get(), end).text());
    } else {
      hasher.putBytes(in.rest(end));
    }
    return hasher.hash().asLong();
  }

  private static Optional<RecordType> compressed(int type) {
    return COMPRESSED.stream().filter(known -> known.code() == type).findFirst();
  }

  private static Signature signature(WireReader in, DnsName owner) throws Malformed {
    var covers = in.u16();
    var algorithm = in.u8();
    in.skip(1);
    var originalTtl = Duration.ofSeconds(in.u32());
    var expiration = Instant.ofEpochSecond(in.u32());
    var inception = Instant.ofEpochSecond(in.u32());
    var keyTag = in.u16();
    return new Signature(
        owner,
        Type.string(covers),
        algorithm,
        keyTag,
        in.name(),
        inception,
        expiration,
        originalTtl);
  }
}
