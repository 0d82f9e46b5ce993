package maildrift.probes.dns.server;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.xbill.DNS.CNAMERecord;
import org.xbill.DNS.DClass;
import org.xbill.DNS.NSECRecord;
import org.xbill.DNS.Name;
import org.xbill.DNS.RRSIGRecord;
import org.xbill.DNS.Record;
import org.xbill.DNS.SOARecord;
import org.xbill.DNS.TXTRecord;
import org.xbill.DNS.TextParseException;
import org.xbill.DNS.Type;

/** The records that are served, by owner and type; thread-safe and changeable at any time. */
final class ZoneData {
  private static final int MAX_CHAIN = 20;

  private final Map<Name, Map<Integer, List<Record>>> records = new HashMap<>();

  /** How many owners are at or below a name: what exists, empty non-terminals included. */
  private final Map<Name, Integer> below = new HashMap<>();

  /** What the data say to one question. */
  record Said(int rcode, List<Record> answer, List<Record> authority) {}

  /**
   * One record from a line {@code OWNER [TTL] [IN] TYPE RDATA}; names are absolute with or without
   * the trailing dot. TXT data that do not start with a quote are one text up to the end of the
   * line, cut into strings of 255 octets.
   *
   * @throws IllegalArgumentException with the line and what is wrong
   */
  static Record parse(String line) {
    try {
      var text = line.strip();
      var owner = name(text.substring(0, wordEnd(text)));
      var ttl = 300L;
      var rest = text.substring(wordEnd(text)).strip();
      if (!rest.isEmpty() && Character.isDigit(rest.charAt(0))) {
        var end = wordEnd(rest);
        ttl = Long.parseLong(rest.substring(0, end));
        rest = rest.substring(end).strip();
      }
      if (rest.startsWith("IN ")) {
        rest = rest.substring(3).strip();
      }
      var type = Type.value(rest.substring(0, wordEnd(rest)));
      var data = rest.substring(wordEnd(rest)).strip();
      if (type < 0) {
        throw new IllegalArgumentException("no record type in: " + line);
      }
      if ((type == Type.TXT || type == Type.SPF) && !data.startsWith("\"")) {
        return new TXTRecord(owner, DClass.IN, ttl, chunks(data));
      }
      return Record.fromString(owner, type, DClass.IN, ttl, data, Name.root);
    } catch (IOException | RuntimeException wrong) {
      throw new IllegalArgumentException(
          "not a record line: " + line + ": " + wrong.getMessage(), wrong);
    }
  }

  private static int wordEnd(String text) {
    for (var i = 0; i < text.length(); i++) {
      if (Character.isWhitespace(text.charAt(i))) {
        return i;
      }
    }
    return text.length();
  }

  private static List<String> chunks(String text) {
    var octets = new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
    var strings = new ArrayList<String>();
    for (var at = 0; at == 0 || at < octets.length(); at += 255) {
      strings.add(escaped(octets.substring(at, Math.min(octets.length(), at + 255))));
    }
    return strings;
  }

  /** As dnsjava wants strings: presentation form. */
  static String escaped(String octets) {
    var out = new StringBuilder();
    for (var i = 0; i < octets.length(); i++) {
      var c = octets.charAt(i);
      if (c == '"' || c == '\\') {
        out.append('\\').append(c);
      } else if (c < 0x20 || c > 0x7e) {
        out.append("\\%03d".formatted((int) c));
      } else {
        out.append(c);
      }
    }
    return out.toString();
  }

  /** An absolute name, lower case, so that names compare as their owners do. */
  static Name name(String written) {
    try {
      return Name.fromString(written.equals("@") ? "." : written, Name.root).canonicalize();
    } catch (TextParseException wrong) {
      throw new IllegalArgumentException(
          "not a name: " + written + ": " + wrong.getMessage(), wrong);
    }
  }

  synchronized void add(List<Record> added) {
    for (var record : added) {
      var owner = record.getName().canonicalize();
      var types =
          records.computeIfAbsent(
              owner,
              name -> {
                count(name, 1);
                return new LinkedHashMap<>();
              });
      types.computeIfAbsent(record.getType(), _ -> new ArrayList<>()).add(record);
    }
  }

  synchronized void replace(List<Record> replacing) {
    for (var record : replacing) {
      remove(record.getName().canonicalize(), record.getType());
    }
    add(replacing);
  }

  synchronized void remove(Name owner, int type) {
    var types = records.get(owner);
    if (types != null && types.remove(type) != null && types.isEmpty()) {
      remove(owner);
    }
  }

  synchronized void remove(Name owner) {
    if (records.remove(owner) != null) {
      count(owner, -1);
    }
  }

  private void count(Name owner, int change) {
    for (var i = 0; i <= owner.labels() - 1; i++) {
      var ancestor = i == 0 ? owner : new Name(owner, i);
      below.merge(ancestor, change, (a, b) -> a + b == 0 ? null : a + b);
    }
  }

  /** RFC 1034 §4.3.2 with the wildcards of RFC 4592, and CNAMEs followed as far as we know. */
  synchronized Said ask(Name asked, int type, long negativeTtl) {
    return ask(asked, type, negativeTtl, false);
  }

  /**
   * As above.
   *
   * @param signed with the RRSIG records that are listed, and the NSEC records that deny (RFC 4035
   *     §3.1)
   */
  synchronized Said ask(Name asked, int type, long negativeTtl, boolean signed) {
    var answer = new ArrayList<Record>();
    var name = asked.canonicalize();
    for (var step = 0; step < MAX_CHAIN; step++) {
      var types = typesAt(name);
      if (types.isEmpty()) {
        return new Said(
            below.containsKey(name) ? 0 : 3, answer, denial(name, type, negativeTtl, signed));
      }
      var owner = step == 0 ? asked : name;
      var found = types.get().get(type);
      if (found != null) {
        found.forEach(record -> answer.add(ownedBy(record, owner)));
        if (signed) {
          answer.addAll(signatures(types.get(), type));
        }
        return new Said(0, answer, List.of());
      }
      var alias = types.get().get(Type.CNAME);
      if (alias == null) {
        return new Said(0, answer, denial(name, type, negativeTtl, signed));
      }
      answer.add(ownedBy(alias.getFirst(), owner));
      if (signed) {
        answer.addAll(signatures(types.get(), Type.CNAME));
      }
      name = ((CNAMERecord) alias.getFirst()).getTarget().canonicalize();
      if (!below.containsKey(name) && !knowsZoneOf(name) && typesAt(name).isEmpty()) {
        // Another server's name: an authoritative server stops here.
        return new Said(0, answer, List.of());
      }
    }
    return new Said(0, answer, List.of());
  }

  /** A name ends in something else than what is served: only then a target is somebody else's. */
  private boolean knowsZoneOf(Name name) {
    for (var i = 1; i < name.labels() - 1; i++) {
      if (below.containsKey(new Name(name, i))) {
        return true;
      }
    }
    return false;
  }

  private Optional<Map<Integer, List<Record>>> typesAt(Name name) {
    if (below.containsKey(name)) {
      return Optional.ofNullable(records.get(name));
    }
    for (var i = 1; i < name.labels(); i++) {
      var encloser = new Name(name, i);
      if (below.containsKey(encloser)) {
        return Optional.ofNullable(records.get(name.wild(i)));
      }
    }
    return Optional.empty();
  }

  private static Record ownedBy(Record record, Name owner) {
    return record.getName().equals(owner) && record.getName().toString().equals(owner.toString())
        ? record
        : Record.newRecord(
            owner,
            record.getType(),
            record.getDClass(),
            record.getTTL(),
            record.rdataToWireCanonical());
  }

  private static List<Record> signatures(Map<Integer, List<Record>> types, int covered) {
    return types.getOrDefault(Type.RRSIG, List.of()).stream()
        .filter(record -> ((RRSIGRecord) record).getTypeCovered() == covered)
        .toList();
  }

  /** Where the name would be, and where a wildcard for it would be, there is nothing. */
  private List<Record> denial(Name name, int type, long negativeTtl, boolean signed) {
    var authority = new ArrayList<Record>();
    // RFC 4035 §3.1.4.1: DS is the parent's to answer.
    var soa =
        startOfAuthority(
            type == Type.DS && name.labels() > 1 ? new Name(name, 1) : name, negativeTtl);
    authority.add(soa);
    if (!signed) {
      return authority;
    }
    var apex = records.get(soa.getName().canonicalize());
    if (apex != null) {
      authority.addAll(signatures(apex, Type.SOA));
    }
    for (var types : records.values()) {
      var nsecs = types.getOrDefault(Type.NSEC, List.of());
      var signatures = signatures(types, Type.NSEC);
      // At a zone cut both zones have one; each was added with its signature.
      for (var i = 0; i < Math.min(nsecs.size(), signatures.size()); i++) {
        if (((RRSIGRecord) signatures.get(i)).getSigner().equals(soa.getName())
            && denies((NSECRecord) nsecs.get(i), name)) {
          authority.add(nsecs.get(i));
          authority.add(signatures.get(i));
        }
      }
    }
    return authority;
  }

  private static boolean denies(NSECRecord nsec, Name name) {
    if (nsec.getName().equals(name) || covers(nsec, name)) {
      return true;
    }
    for (var i = 1; i < name.labels(); i++) {
      if (covers(nsec, name.wild(i))) {
        return true;
      }
    }
    return false;
  }

  private static boolean covers(NSECRecord nsec, Name name) {
    var isLast = nsec.getNext().compareTo(nsec.getName()) <= 0;
    return nsec.getName().compareTo(name) < 0
        && (name.compareTo(nsec.getNext()) < 0 || (isLast && name.subdomain(nsec.getNext())));
  }

  private Record startOfAuthority(Name name, long negativeTtl) {
    for (var i = 0; i < name.labels(); i++) {
      var apex = i == 0 ? name : new Name(name, i);
      var types = records.get(apex);
      var soa = types == null ? null : types.get(Type.SOA);
      if (soa != null) {
        return soa.getFirst();
      }
    }
    var top = name.labels() <= 1 ? Name.root : new Name(name, name.labels() - 2);
    return new SOARecord(top, DClass.IN, negativeTtl, top, top, 1, 3600, 600, 86_400, negativeTtl);
  }
}
