package maildrift.probes.tls;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Stream;
import maildrift.probes.Rule;
import maildrift.probes.smtp.Concessions;
import maildrift.probes.smtp.SmtpLook;

/**
 * What an address was seen to negotiate, with us as we are and with us as we should not be. Pure.
 *
 * @param oldest a version that is forbidden and that it accepted
 * @param broken a suite that protects nothing and that it accepted
 * @param anonymous a suite without authentication that it accepted when it was offered nothing
 *     better: many mail servers mean to
 * @param versions the versions that it was seen to speak, oldest first; empty: not known
 * @param weak the suites of the two kinds; empty: not known
 * @param unseen what hides a rule, and why
 */
record Offers(
    Optional<Concessions.Made> oldest,
    Optional<Concessions.Made> broken,
    Optional<Concessions.Made> anonymous,
    Optional<List<String>> versions,
    Optional<List<String>> weak,
    Map<Rule, String> unseen) {

  Offers {
    versions = versions.map(List::copyOf);
    weak = weak.map(List::copyOf);
    unseen = Collections.unmodifiableMap(new LinkedHashMap<>(unseen));
  }

  static final Offers UNKNOWN =
      new Offers(
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Map.of());

  static Offers of(Concessions concessions, SmtpLook.Tls tls) {
    var made =
        Stream.of(concessions.version(), concessions.cipher())
            .flatMap(
                one -> one instanceof Concessions.Made taken ? Stream.of(taken) : Stream.empty())
            .toList();
    var weak = made.stream().filter(one -> isWeak(one.cipher())).toList();
    var unseen = new LinkedHashMap<Rule, String>();
    if (concessions.version() instanceof Concessions.Unseen(var why)) {
      unseen.put(TlsRules.VERSION, why);
    }
    if (concessions.cipher() instanceof Concessions.Unseen(var why)) {
      unseen.put(TlsRules.CIPHER, why);
    }
    var versions = new TreeSet<String>();
    made.forEach(one -> versions.add(one.protocol()));
    if (tls instanceof SmtpLook.Handshake handshake) {
      versions.add(handshake.protocol().equals("TLSv1") ? "TLSv1.0" : handshake.protocol());
    }
    return new Offers(
        made.stream().filter(one -> !one.protocol().equals("TLSv1.2")).findFirst(),
        weak.stream().filter(one -> !isAnonymous(one.cipher())).findFirst(),
        weak.stream().filter(one -> isAnonymous(one.cipher())).findFirst(),
        Optional.of(List.copyOf(versions))
            .filter(_ -> !unseen.containsKey(TlsRules.VERSION) || !made.isEmpty()),
        Optional.of(weak.stream().map(Concessions.Made::cipher).distinct().toList())
            .filter(_ -> !unseen.containsKey(TlsRules.CIPHER) || !weak.isEmpty()),
        unseen);
  }

  /** RFC 9325 §4.1. */
  static boolean isWeak(String suite) {
    return Stream.of("_NULL_", "_EXPORT_", "_anon_", "_RC4_", "_3DES_", "_DES_")
        .anyMatch(suite::contains);
  }

  /** No certificate, but encrypted as it should be. */
  private static boolean isAnonymous(String suite) {
    return suite.contains("_anon_") && !isWeak(suite.replace("_anon_", "_"));
  }
}
