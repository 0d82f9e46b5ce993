package maildrift.probes.textrecord;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import maildrift.probes.Finding;
import maildrift.probes.Gap;
import maildrift.probes.Judgement;
import maildrift.probes.Network;
import maildrift.probes.Outcome;
import maildrift.probes.Rule;
import maildrift.probes.dns.Answer;
import maildrift.probes.dns.DnsName;
import maildrift.probes.dns.Rdata;
import maildrift.probes.dns.RecordType;
import maildrift.probes.domain.ManagedDomain;

/**
 * Where a standard wants exactly one record of its version: asked for, picked out of the TXT
 * records there, and judged.
 *
 * @param probe whose facts and gaps these are
 * @param label e.g. {@code _mta-sts}
 * @param word what people call it, e.g. {@code MTA-STS}
 * @param kind of the watched record
 * @param version that a record begins with
 * @param telltale by which a record is known to be meant as one, in lower case
 * @param several what follows from more than one, half a sentence
 * @param unusable what one that is broken means, the beginning of a sentence
 * @param rule violated by several records and by broken ones
 * @param parse reads one
 */
public record Label<R extends Label.Written>(
    String probe,
    String label,
    String word,
    String kind,
    String version,
    String telltale,
    String several,
    String unusable,
    Rule rule,
    Function<String, R> parse) {

  private static final int MAX_SHOWN = 1_024;
  private static final int MAX_RECORDS_SHOWN = 8;
  private static final int TELLTALE_WITHIN = 32;

  /** A record as somebody wrote it. */
  public interface Written {
    String text();

    /** Half a sentence; nothing where the record is fine. */
    Optional<String> problem();
  }

  /**
   * What there is.
   *
   * @param records those of the version; others beside them are nobody's business
   * @param lookalike where there is none: one that was meant as one
   */
  public record Published<R extends Written>(List<R> records, Optional<R> lookalike) {
    public Published {
      records = List.copyOf(records);
    }

    /** The one that counts, broken or not; of several none does. */
    public Optional<R> only() {
      return records.size() == 1 ? Optional.of(records.getFirst()) : Optional.empty();
    }

    public Outcome outcome() {
      return records.isEmpty() && lookalike.isEmpty() ? Outcome.ABSENT : Outcome.OBSERVED;
    }

    private Optional<R> shown() {
      return only().or(() -> lookalike);
    }
  }

  public String owner(ManagedDomain domain) {
    return label + "." + domain.name();
  }

  public Answer ask(ManagedDomain domain, Network network) {
    return DnsName.parse(owner(domain))
        .map(owner -> network.dns().ask(owner, RecordType.TXT))
        .orElseGet(
            () ->
                new Answer.Unanswered(
                    Answer.Failure.UNASKABLE, "the name is too long to stand in DNS", ""));
  }

  /** The gap that a question without an answer leaves, in the rules that needed it. */
  public Gap gap(ManagedDomain domain, Answer.Unanswered seen, String... rules) {
    return Gap.of(probe, owner(domain) + " TXT", seen.why(), rules);
  }

  public Published<R> read(Answer seen) {
    var texts = seen.records(Rdata.Txt.class).stream().map(Rdata.Txt::joined).toList();
    var records =
        texts.stream().filter(text -> FieldList.claims(text, version)).map(parse).toList();
    return new Published<>(
        records,
        records.isEmpty()
            ? texts.stream().filter(this::resembles).findFirst().map(parse)
            : Optional.empty());
  }

  private boolean resembles(String text) {
    return text.substring(0, Math.min(text.length(), TELLTALE_WITHIN))
        .toLowerCase(Locale.ROOT)
        .contains(telltale);
  }

  /** Adds the fact {@code record}, the watched record and the findings. */
  public void judge(
      ManagedDomain domain, Answer seen, Published<R> published, Judgement.Builder judgement) {
    judgement
        .fact("record", published.shown().map(record -> shown(record.text())).orElse(null))
        .record(
            owner(domain) + " " + kind,
            published.records().stream()
                .map(record -> shown(record.text()))
                .sorted()
                .collect(Collectors.joining(" | ")));
    if (published.records().size() > 1) {
      judgement.add(
          finding(
              domain,
              seen,
              "%s has %d %s records, so %s"
                  .formatted(owner(domain), published.records().size(), word, several)));
    }
    published
        .shown()
        .flatMap(Written::problem)
        .ifPresent(
            problem ->
                judgement.add(
                    finding(
                        domain,
                        seen,
                        "%s the %s record at %s: %s"
                            .formatted(unusable, word, owner(domain), problem))));
  }

  private Finding finding(ManagedDomain domain, Answer seen, String message) {
    return Finding.of(rule, domain.name().toString(), message)
        .cause(cause(domain, seen))
        .with(
            "records",
            seen.records(Rdata.Txt.class).stream()
                .map(txt -> shown(txt.joined()))
                .limit(MAX_RECORDS_SHOWN)
                .toList());
  }

  /** Where the records stand, which is elsewhere behind a CNAME. */
  public String cause(ManagedDomain domain, Answer seen) {
    var aliases = seen instanceof Answer.Found found ? found.aliases() : List.<DnsName>of();
    return (aliases.isEmpty() ? owner(domain) : aliases.getLast().toString()) + " TXT";
  }

  private static String shown(String text) {
    return text.length() <= MAX_SHOWN ? text : text.substring(0, MAX_SHOWN) + "…";
  }
}
