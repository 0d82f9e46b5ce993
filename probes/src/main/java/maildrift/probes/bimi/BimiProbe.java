package maildrift.probes.bimi;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import maildrift.probes.Context;
import maildrift.probes.Judgement;
import maildrift.probes.Network;
import maildrift.probes.Outcome;
import maildrift.probes.Probe;
import maildrift.probes.Rule;
import maildrift.probes.dns.Answer;
import maildrift.probes.domain.ManagedDomain;
import maildrift.probes.https.Document;
import maildrift.probes.https.WebUrl;
import maildrift.probes.textrecord.Label;
import maildrift.probes.tls.TrustAnchors;

/**
 * Can mail programs show the logo that the domain publishes, if it publishes one?
 * (draft-brand-indicators-for-message-identification)
 *
 * <p>Without a record this is a single question of DNS, and nothing is said.
 */
public final class BimiProbe implements Probe<BimiSeen> {
  static final String NAME = "bimi";

  static final Label<BimiRecord> LABEL =
      new Label<>(
          NAME,
          "default._bimi",
          "BIMI",
          "BIMI",
          BimiRecord.VERSION,
          "bimi1",
          "mail programs use none",
          "mail programs cannot use",
          BimiRules.TXT,
          BimiRecord::parse);

  private final TrustAnchors anchors;

  public BimiProbe(TrustAnchors anchors) {
    this.anchors = anchors;
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public List<Rule> rules() {
    return BimiRules.ALL;
  }

  /** Of what is not DNS it sees something only where a record names it. */
  @Override
  public boolean judgesWhatIsSeenAlone(ManagedDomain domain) {
    return true;
  }

  @Override
  public BimiSeen observe(ManagedDomain domain, Network network) {
    var txt = LABEL.ask(domain, network);
    var record = LABEL.read(txt).only();
    var urls =
        record.stream()
            .flatMap(
                one ->
                    Stream.of(one.logo(), one.certificate()).flatMap(Optional::stream).distinct())
            .toList();
    // The record is as good as a version: nothing else announces another logo.
    var asked = Document.ask(urls, record.map(BimiRecord::text).orElse(""), network);
    return new BimiSeen(
        txt,
        record.flatMap(BimiRecord::logo).flatMap(url -> of(url, asked)),
        record.flatMap(BimiRecord::certificate).flatMap(url -> of(url, asked)));
  }

  private static Optional<Document.Asked> of(WebUrl url, List<Document.Asked> asked) {
    return asked.stream().filter(one -> one.url().equals(url)).findFirst();
  }

  @Override
  public Judgement judge(ManagedDomain domain, BimiSeen seen, Context context) {
    var judgement = new Judgement.Builder();
    if (seen.txt() instanceof Answer.Unanswered unanswered) {
      return judgement
          .fact("record", null)
          .aside(LABEL.gap(domain, unanswered, NAME + "."))
          .build(Outcome.UNOBSERVABLE);
    }
    var published = LABEL.read(seen.txt());
    LABEL.judge(domain, seen.txt(), published, judgement);
    published.only().filter(BimiRecord::declined).ifPresent(_ -> judgement.fact("declined", true));
    new DocumentJudge(domain, anchors, context, judgement).judge(seen);
    return judgement.build(published.outcome());
  }

  @Override
  public Set<String> siblings() {
    return Set.of("dmarc");
  }

  @Override
  public Judgement among(ManagedDomain domain, Judgement own, Map<String, Judgement> siblings) {
    var dmarc = siblings.get("dmarc");
    return dmarc == null ? own : Enforcement.judge(domain, own, dmarc);
  }
}
