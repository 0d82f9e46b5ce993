package maildrift.probes.dns;

import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Collectors;
import maildrift.probes.dns.server.NameServer;
import org.xbill.DNS.DClass;
import org.xbill.DNS.DNSKEYRecord;
import org.xbill.DNS.DNSSEC;
import org.xbill.DNS.DSRecord;
import org.xbill.DNS.NSECRecord;
import org.xbill.DNS.NSRecord;
import org.xbill.DNS.Name;
import org.xbill.DNS.RRset;
import org.xbill.DNS.Record;
import org.xbill.DNS.SOARecord;
import org.xbill.DNS.TextParseException;
import org.xbill.DNS.Type;

/**
 * A zone of a test's own, signed with one key (a combined one), NSEC chain included, for a {@link
 * FakeDns} to serve.
 */
public final class SignedZone {
  private static final long TTL = 300;

  private final Name apex;
  private final int algorithm;
  private final KeyPair keys;
  private final DNSKEYRecord key;
  private final Instant inception;
  private final Instant expiration;
  private final List<Record> records = new ArrayList<>();

  private SignedZone(String apex, int algorithm, Instant inception, Instant expiration) {
    try {
      this.apex = name(apex);
      this.algorithm = algorithm;
      this.keys = keys(algorithm);
      this.key = new DNSKEYRecord(this.apex, DClass.IN, TTL, 0x101, 3, algorithm, keys.getPublic());
      this.inception = inception;
      this.expiration = expiration;
    } catch (GeneralSecurityException | DNSSEC.DNSSECException e) {
      throw new IllegalStateException(e);
    }
    records.add(
        new SOARecord(this.apex, DClass.IN, TTL, this.apex, this.apex, 1, 3600, 600, 86_400, TTL));
    records.add(key);
  }

  /** ECDSA P-256, valid from a day before until a month after. */
  public static SignedZone of(String apex, Instant around) {
    return valid(apex, around.minus(Duration.ofDays(1)), around.plus(Duration.ofDays(30)));
  }

  public static SignedZone valid(String apex, Instant inception, Instant expiration) {
    return new SignedZone(apex, 13, inception, expiration);
  }

  /** With another algorithm: 5, 7, 8 or 10 (RSA), 13 (P-256), 15 (Ed25519). */
  public static SignedZone by(int algorithm, String apex, Instant around) {
    return new SignedZone(
        apex, algorithm, around.minus(Duration.ofDays(1)), around.plus(Duration.ofDays(30)));
  }

  private static KeyPair keys(int algorithm) throws GeneralSecurityException {
    return switch (algorithm) {
      case 13 -> {
        var generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"));
        yield generator.generateKeyPair();
      }
      case 15 -> KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
      default -> {
        var generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(2048);
        yield generator.generateKeyPair();
      }
    };
  }

  private static Name name(String text) {
    try {
      return Name.fromString(text, Name.root).canonicalize();
    } catch (TextParseException e) {
      throw new IllegalArgumentException(e);
    }
  }

  /** {@code OWNER TYPE RDATA}, names absolute with or without the dot. */
  public SignedZone add(String... lines) {
    for (var line : lines) {
      var words = line.strip().split("\\s+", 3);
      try {
        records.add(
            Record.fromString(
                name(words[0]), Type.value(words[1]), DClass.IN, TTL, words[2], Name.root));
      } catch (java.io.IOException e) {
        throw new IllegalArgumentException(line, e);
      }
    }
    return this;
  }

  /** A delegation to a signed zone. */
  public SignedZone delegate(SignedZone child) {
    delegate(child.apex.toString());
    records.add(new DSRecord(child.apex, DClass.IN, TTL, 2, child.key));
    return this;
  }

  /** A delegation to a signed zone whose DS record is of another key. */
  public SignedZone delegateWrongly(SignedZone child) {
    delegate(child.apex.toString());
    var other = SignedZone.of(child.apex.toString(), child.inception);
    records.add(new DSRecord(child.apex, DClass.IN, TTL, 2, other.key));
    return this;
  }

  /** A delegation to a zone that is not signed. */
  public SignedZone delegate(String child) {
    records.add(new NSRecord(name(child), DClass.IN, TTL, name("ns." + child)));
    return this;
  }

  /** The key, for a resolver to trust. */
  public String anchor() {
    return line(key);
  }

  private static String line(Record record) {
    return "%s %d IN %s %s"
        .formatted(
            record.getName(),
            record.getTTL(),
            Type.string(record.getType()),
            record.rdataToString());
  }

  /** Signs everything and serves it. */
  public SignedZone into(NameServer server) {
    var byOwner = new TreeMap<Name, LinkedHashMap<Integer, List<Record>>>();
    records.forEach(
        record ->
            byOwner
                .computeIfAbsent(record.getName(), _ -> new LinkedHashMap<>())
                .computeIfAbsent(record.getType(), _ -> new ArrayList<>())
                .add(record));
    var owners = List.copyOf(byOwner.entrySet());
    for (var i = 0; i < owners.size(); i++) {
      var owner = owners.get(i).getKey();
      var types = owners.get(i).getValue();
      var bits = new ArrayList<>(types.keySet());
      bits.add(Type.RRSIG);
      bits.add(Type.NSEC);
      types.put(
          Type.NSEC,
          List.of(
              new NSECRecord(
                  owner,
                  DClass.IN,
                  TTL,
                  owners.get((i + 1) % owners.size()).getKey(),
                  bits.stream().mapToInt(Integer::intValue).sorted().toArray())));
      var isCut = types.containsKey(Type.NS) && !owner.equals(apex);
      types.forEach(
          (type, set) -> {
            var lines = set.stream().map(SignedZone::line).collect(Collectors.toList());
            if (type != Type.NS || !isCut) {
              lines.add(line(sign(set)));
            }
            server.add(lines.toArray(String[]::new));
          });
    }
    return this;
  }

  private Record sign(List<Record> set) {
    try {
      var rrset = new RRset();
      set.forEach(rrset::addRR);
      return DNSSEC.sign(rrset, key, keys.getPrivate(), inception, expiration);
    } catch (DNSSEC.DNSSECException e) {
      throw new IllegalStateException("algorithm " + algorithm, e);
    }
  }
}
