package maildrift.probes.tlsrpt;

import java.util.List;
import maildrift.probes.Context;
import maildrift.probes.Judgement;
import maildrift.probes.Network;
import maildrift.probes.Outcome;
import maildrift.probes.Probe;
import maildrift.probes.Rule;
import maildrift.probes.dns.Answer;
import maildrift.probes.domain.ManagedDomain;
import maildrift.probes.textrecord.Label;

/**
 * Is the domain's TLS-RPT record, if it has one, one that senders understand, and can reports
 * arrive where it sends them? (RFC 8460 §3)
 */
public final class TlsRptProbe implements Probe<TlsRptSeen> {
  static final String NAME = "tlsrpt";

  private static final Label<TlsRptRecord> LABEL =
      new Label<>(
          NAME,
          "_smtp._tls",
          "TLS-RPT",
          "TLSRPT",
          TlsRptRecord.VERSION,
          "tlsrpt",
          "nobody sends reports",
          "nobody can use",
          TlsRptRules.TXT,
          TlsRptRecord::parse);

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public List<Rule> rules() {
    return TlsRptRules.ALL;
  }

  @Override
  public TlsRptSeen observe(ManagedDomain domain, Network network) {
    var txt = LABEL.ask(domain, network);
    return Destinations.look(
        txt, LABEL.read(txt).only().map(TlsRptRecord::rua).orElse(List.of()), network);
  }

  @Override
  public boolean judgesWhatIsSeenAlone(ManagedDomain domain) {
    return true;
  }

  @Override
  public Judgement judge(ManagedDomain domain, TlsRptSeen seen, Context context) {
    var judgement = new Judgement.Builder();
    if (seen.txt() instanceof Answer.Unanswered unanswered) {
      return judgement
          .fact("record", null)
          .fact("rua", List.of())
          .add(LABEL.gap(domain, unanswered, NAME + "."))
          .build(Outcome.UNOBSERVABLE);
    }
    var published = LABEL.read(seen.txt());
    LABEL.judge(domain, seen.txt(), published, judgement);
    var rua = published.only().map(TlsRptRecord::rua).orElse(List.of());
    judgement.fact("rua", rua);
    Destinations.judge(seen, rua, LABEL.cause(domain, seen.txt()), judgement);
    return judgement.build(published.outcome());
  }
}
