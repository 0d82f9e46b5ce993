package maildrift.probes.dkim;

import com.google.common.hash.Hashing;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import maildrift.probes.Finding;
import maildrift.probes.Gap;
import maildrift.probes.Outcome;
import maildrift.probes.Rule;
import maildrift.probes.Severity;
import maildrift.probes.dns.Answer;
import maildrift.probes.dns.DnsName;
import maildrift.probes.dns.Rdata;

/** Judges one selector: what DNS said of it against what is wanted of it. Pure. */
final class SelectorReview {
  private static final int MAX_ALIASES = 8;

  /** How much of a key is shown around the place where it differs. */
  private static final int BEFORE = 8;

  private static final int AFTER = 16;

  /** What is shown of a hostile record. */
  private static final int MAX_SHOWN = 4_096;

  private final Wanted wanted;
  private final String subject;
  private final Answer answer;
  private final List<DnsName> aliases;
  private final String cause;
  private final List<KeyRecord> records;
  private final Optional<KeyRecord> record;
  private final List<Finding> findings = new ArrayList<>();

  SelectorReview(Wanted wanted, DnsName domain, Answer answer) {
    this.wanted = wanted;
    this.subject =
        wanted
            .owner(domain)
            .map(DnsName::toString)
            .orElse(wanted.selector() + "._domainkey." + domain);
    this.answer = answer;
    this.aliases = answer.aliases();
    this.cause = (aliases.isEmpty() ? subject : aliases.getLast().toString()) + " TXT";
    this.records = recordsOf(answer);
    this.record = best();
    judge();
  }

  String subject() {
    return subject;
  }

  List<Finding> findings() {
    return findings;
  }

  Optional<Gap> gap() {
    return answer instanceof Answer.Unanswered(var _, var why, var _)
        ? Optional.of(Gap.of(DkimProbe.NAME, subject + " TXT", why, "dkim.").subject(subject))
        : Optional.empty();
  }

  Outcome outcome() {
    return switch (answer) {
      case Answer.Found _ -> Outcome.OBSERVED;
      case Answer.NoData _, Answer.NoSuchName _ -> Outcome.ABSENT;
      case Answer.Unanswered _ -> Outcome.UNOBSERVABLE;
    };
  }

  /** The key, when a verifier can use it. */
  Optional<Key> usable() {
    return record.filter(KeyRecord::isReadable).map(KeyRecord::key);
  }

  /** The watched record; nothing when it could not be seen. */
  Optional<String> watched() {
    return switch (answer) {
      case Answer.Found _ ->
          Optional.of(
              records.stream()
                  .map(KeyRecord::normalised)
                  .map(SelectorReview::bounded)
                  .sorted()
                  .collect(Collectors.joining(" | ")));
      case Answer.NoData _, Answer.NoSuchName _ -> Optional.of("");
      case Answer.Unanswered _ -> Optional.empty();
    };
  }

  Map<String, Object> facts() {
    var facts = new LinkedHashMap<String, Object>();
    facts.put("selector", wanted.selector());
    facts.put("outcome", outcome().word());
    facts.put("type", record.map(KeyRecord::type).orElse(null));
    facts.put("bits", record.map(KeyRecord::key).flatMap(Key::size).orElse(null));
    facts.put("revoked", record.map(KeyRecord::isRevoked).orElse(null));
    facts.put("testing", record.map(KeyRecord::isTesting).orElse(null));
    facts.put("matchesExpected", matchesExpected().orElse(null));
    facts.put("record", record.map(KeyRecord::text).map(SelectorReview::shown).orElse(null));
    facts.put("tags", record.map(KeyRecord::tags).orElse(Map.of()));
    facts.put("name", subject);
    facts.put("cname", aliases.stream().map(DnsName::toString).toList());
    facts.put("expectedBy", wanted.origins());
    facts.put(
        "problems",
        record.map(KeyRecord::problems).orElse(List.of()).stream().map(Problem::toString).toList());
    return facts;
  }

  /** Nothing when nothing is expected, or nothing is known. */
  private Optional<Boolean> matchesExpected() {
    if (answer instanceof Answer.Unanswered
        || (wanted.key().isEmpty() && wanted.cnames().isEmpty())) {
      return Optional.empty();
    }
    return Optional.of(
        answer instanceof Answer.Found && isExpectedTarget() && !isAnotherKey() && !isRevoked());
  }

  private boolean isRevoked() {
    return record.filter(KeyRecord::isRevoked).isPresent();
  }

  private boolean isExpectedTarget() {
    return wanted.cnames().isEmpty()
        || aliases.stream()
            .anyMatch(
                alias -> wanted.cnames().stream().anyMatch(pattern -> pattern.matches(alias)));
  }

  /** A key is expected and another one, or none, is published; an empty one is revoked instead. */
  private boolean isAnotherKey() {
    return wanted.key().isPresent()
        && record.flatMap(KeyRecord::published).filter(p -> p.isEmpty() || isWanted(p)).isEmpty();
  }

  private boolean isWanted(String published) {
    return wanted
        .key()
        .filter(key -> key.equals(published) || key.equals(KeyText.canonical(published)))
        .isPresent();
  }

  private static List<KeyRecord> recordsOf(Answer answer) {
    return answer.records(Rdata.Txt.class).stream()
        .map(Rdata.Txt::joined)
        .map(KeyRecord::parse)
        .toList();
  }

  /** Of several records the one that a verifier in luck would take. */
  private Optional<KeyRecord> best() {
    return records.stream()
        .max(
            Comparator.comparing(
                    (KeyRecord candidate) ->
                        candidate.published().filter(this::isWanted).isPresent())
                .thenComparing(KeyRecord::isReadable)
                .thenComparing(candidate -> candidate.published().isPresent()));
  }

  private void judge() {
    if (answer instanceof Answer.Unanswered) {
      return;
    }
    target();
    if (record.isEmpty()) {
      missing();
      return;
    }
    var key = record.get();
    if (records.size() > 1) {
      multiple();
    } else {
      syntax(key);
      if (key.isReadable()) {
        content(key);
      }
    }
    if (isAnotherKey() && key.published().isPresent()) {
      unexpected(key.published().get());
    }
  }

  private void missing() {
    if (!wanted.required()) {
      return;
    }
    var how =
        answer instanceof Answer.NoSuchName ? "the name does not exist" : "there is no TXT record";
    add(
        Finding.of(
                DkimRules.SELECTOR_MISSING,
                subject,
                "%s has no DKIM key: %s%s; %s expects one"
                    .formatted(
                        subject,
                        aliases.isEmpty() ? "" : "its CNAME leads to " + aliases.getLast() + ", ",
                        how,
                        wanted.origin()))
            .with("answer", answer instanceof Answer.NoSuchName ? "NXDOMAIN" : "no data")
            .with("server", answer.server())
            .remedy(publish(DkimRules.SELECTOR_MISSING)));
  }

  /** The general remedy, with the record to paste where it is known. */
  private String publish(Rule rule) {
    return wanted
        .zoneLine(subject)
        .map(line -> "Publish this record:\n" + line)
        .or(() -> alias("Publish this record:", "Publish"))
        .orElse(rule.remedy());
  }

  /**
   * A line for the zone only where there is one target: a pattern in a zone would be published as
   * it stands.
   */
  private Optional<String> alias(String toPaste, String toDo) {
    return wanted.cnames().stream()
        .findFirst()
        .map(
            pattern ->
                pattern.isExact()
                    ? "%s\n%s. IN CNAME %s.".formatted(toPaste, subject, pattern)
                    : "%s at %s the CNAME that the provider's admin centre shows, of the form %s."
                        .formatted(toDo, subject, pattern.text().replace("|", " or ")));
  }

  private void target() {
    var chain = aliases.stream().map(DnsName::toString).toList();
    if (!aliases.isEmpty() && answer.isAbsent()) {
      var dangling =
          cname(
              "the CNAME of %s leads to %s, where there is nothing"
                  .formatted(subject, aliases.getLast()),
              chain);
      add(wanted.required() ? dangling : dangling.severity(Severity.INFO));
    } else if (aliases.size() > MAX_ALIASES) {
      add(
          cname(
              "%s leads through %d CNAMEs; resolvers give up after about %d"
                  .formatted(subject, aliases.size(), MAX_ALIASES),
              chain));
    } else if (!isExpectedTarget() && answer instanceof Answer.Found) {
      add(
          cname(
                  "%s %s; %s expects a CNAME to %s"
                      .formatted(
                          subject,
                          aliases.isEmpty()
                              ? "is a TXT record of its own, not a CNAME"
                              : "is a CNAME to " + aliases.getFirst(),
                          wanted.origin(),
                          patterns()),
                  chain)
              .cause(subject + " CNAME")
              .with("expected", wanted.cnames().stream().map(Object::toString).toList()));
    }
  }

  private Finding cname(String message, List<String> chain) {
    return Finding.of(DkimRules.CNAME_TARGET, subject, message)
        .cause(cause)
        .with("cname", chain)
        .remedy(
            alias("Set the CNAME to its target:", "Set").orElse(DkimRules.CNAME_TARGET.remedy()));
  }

  private String patterns() {
    return wanted.cnames().stream().map(Object::toString).collect(Collectors.joining(" or "));
  }

  private void multiple() {
    var texts = records.stream().map(KeyRecord::text).map(SelectorReview::shown).toList();
    add(
        Finding.of(
                DkimRules.MULTIPLE,
                subject,
                "%s has %d TXT records; which one a verifier takes is undefined"
                    .formatted(subject, texts.size()))
            .with("records", texts.stream().limit(MAX_ALIASES).toList()));
  }

  private void syntax(KeyRecord key) {
    if (key.problems().isEmpty()) {
      return;
    }
    var first =
        key.problems().stream()
            .filter(Problem::fatal)
            .findFirst()
            .orElse(key.problems().getFirst());
    var finding =
        Finding.of(
                DkimRules.SYNTAX,
                subject,
                key.isReadable()
                    ? "some verifiers cannot read the key at %s: %s".formatted(subject, first)
                    : "no verifier can read the key at %s: %s".formatted(subject, first))
            .with("problems", key.problems().stream().map(Problem::toString).toList())
            .with("readable", key.isReadable())
            .with("record", shown(key.text()))
            .remedy(repaired(key).orElseGet(() -> publish(DkimRules.SYNTAX)));
    add(key.isReadable() ? finding.severity(Severity.WARNING) : finding);
  }

  /** Where the key itself is fine the right spelling of it is known. */
  private Optional<String> repaired(KeyRecord key) {
    return wanted.key().isPresent()
        ? Optional.empty()
        : key.published()
            .filter(p -> !p.isEmpty())
            .map(KeyText::canonical)
            .filter(
                p ->
                    KeyText.typeOf(p).equals("ed25519")
                        || KeyText.decode(p)
                            .flatMap(RsaKey::read)
                            .filter(RsaKey::usable)
                            .isPresent())
            .map(
                p ->
                    "Publish the same key in the right form:\n"
                        + ZoneLine.txt(subject, "v=DKIM1; k=" + KeyText.typeOf(p) + "; p=" + p));
  }

  private void content(KeyRecord key) {
    switch (key.key()) {
      case Key.Revoked _ -> revoked();
      case Key.Rsa(var bits) -> size(bits);
      case Key.Unknown _ ->
          add(
              Finding.of(
                      DkimRules.KEY_TYPE,
                      subject,
                      "%s is a key of type k=%s, which verifiers do not know"
                          .formatted(subject, shown(key.type())))
                  .with("type", shown(key.type())));
      case Key.Ed25519 _, Key.Unreadable _ -> {}
    }
    if (!key.hashes().isEmpty() && !key.hashes().contains("sha256")) {
      add(
          Finding.of(
                  DkimRules.HASH,
                  subject,
                  "%s allows only h=%s, so signatures with SHA-256 fail"
                      .formatted(subject, shown(String.join(":", key.hashes()))))
              .with("h", key.hashes()));
    }
    if (!key.services().contains("*") && !key.services().contains("email")) {
      add(
          Finding.of(
                  DkimRules.SERVICE,
                  subject,
                  "%s is only for s=%s, so it must not be used for mail"
                      .formatted(subject, shown(String.join(":", key.services()))))
              .with("s", key.services()));
    }
    if (key.isTesting()) {
      add(
          Finding.of(
              DkimRules.TESTING,
              subject,
              "%s carries t=y: receivers treat the mail as if it were unsigned"
                  .formatted(subject)));
    }
    if (key.flags().contains("s")) {
      add(
          Finding.of(
              DkimRules.STRICT,
              subject,
              "%s carries t=s: signatures with i= in a subdomain fail".formatted(subject)));
    }
  }

  private void revoked() {
    var finding =
        Finding.of(
                DkimRules.REVOKED,
                subject,
                "%s is revoked (p= is empty): every signature with it fails".formatted(subject))
            .remedy(
                wanted
                    .zoneLine(subject)
                    .map(line -> "Publish the current key:\n" + line)
                    .orElse(DkimRules.REVOKED.remedy()));
    add(wanted.required() ? finding : finding.severity(Severity.INFO));
  }

  private void size(int bits) {
    var finding =
        Finding.of(
                DkimRules.KEY_SIZE,
                subject,
                bits < KeyRecord.FEWEST_BITS
                    ? "%s is an RSA key of %d bits; verifiers must not accept fewer than 1024"
                        .formatted(subject, bits)
                    : bits > 4096
                        ? "%s is an RSA key of %d bits; verifiers need not read more than 4096"
                            .formatted(subject, bits)
                        : "%s is an RSA key of %d bits; 2048 are recommended"
                            .formatted(subject, bits))
            .with("bits", bits);
    if (bits < KeyRecord.FEWEST_BITS) {
      add(finding.severity(Severity.CRITICAL));
    } else if (bits < 2048 || bits > 4096) {
      add(finding);
    }
  }

  private void unexpected(String published) {
    var expected = wanted.key().orElseThrow();
    var differs = firstDifference(expected, published);
    add(
        Finding.of(
                DkimRules.UNEXPECTED,
                subject,
                "%s publishes another key than %s expects: p= differs from character %d on, %s is published and %s expected"
                    .formatted(
                        subject,
                        wanted.origin(),
                        differs,
                        part(published, differs),
                        part(expected, differs)))
            .with("expected", expected)
            .with("published", shown(published))
            .with("firstDifference", differs)
            .with("expectedPart", part(expected, differs))
            .with("publishedPart", part(published, differs))
            .remedy(
                "Publish the expected key, or declare the new one if the gateway changed it:\n"
                    + wanted.zoneLine(subject).orElseThrow()));
  }

  /** What stands at and after a place, and a little before it: {@code …IBCgKCAQEA»x7Q…}. */
  private static String part(String key, int place) {
    var at = Math.min(place - 1, key.length());
    var from = Math.max(0, at - BEFORE);
    var to = Math.min(key.length(), at + AFTER);
    return "%s%s»%s%s"
        .formatted(
            from > 0 ? "…" : "",
            shown(key.substring(from, at)),
            shown(key.substring(at, to)),
            to < key.length() ? "…" : "");
  }

  /** Counted from 1; one past the end where one text begins with the other. */
  private static int firstDifference(String one, String other) {
    var shorter = Math.min(one.length(), other.length());
    for (var i = 0; i < shorter; i++) {
      if (one.charAt(i) != other.charAt(i)) {
        return i + 1;
      }
    }
    return shorter + 1;
  }

  private void add(Finding finding) {
    var settled = finding.cause().equals(subject) ? finding.cause(cause) : finding;
    findings.add(
        !wanted.certain() && settled.severity() == Severity.CRITICAL
            ? settled.severity(Severity.WARNING)
            : settled);
  }

  /** Equal texts stay equal, and one of 64 kB does not fill the store. */
  private static String bounded(String text) {
    return text.length() <= MAX_SHOWN
        ? text
        : "sha256:" + Hashing.sha256().hashString(text, StandardCharsets.ISO_8859_1);
  }

  private static String shown(String text) {
    return text.length() <= MAX_SHOWN ? text : text.substring(0, MAX_SHOWN) + "…";
  }
}
