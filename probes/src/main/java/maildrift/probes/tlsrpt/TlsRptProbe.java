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

/** Is the domain's TLS-RPT record, if it has one, one that senders understand? (RFC 8460 §3) */
public final class TlsRptProbe implements Probe<Answer> {
  private static final String NAME = "tlsrpt";

  private static final Rule TXT =
      Rule.warning("tlsrpt.txt", "the TLS-RPT record cannot be used")
          .why("Nobody reports that mail could not be delivered because of TLS.")
          .reference("RFC 8460 §3")
          .remedy("Publish exactly one record with a mailto: or https: address.")
          .example(
              "Wrong: v=TLSRPTv1; rua=tls@contoso.tld. Right: _smtp._tls.contoso.tld. IN TXT"
                  + " \"v=TLSRPTv1; rua=mailto:tls@contoso.tld\"");

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
          TXT,
          TlsRptRecord::parse);

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public List<Rule> rules() {
    return List.of(TXT);
  }

  @Override
  public Answer observe(ManagedDomain domain, Network network) {
    return LABEL.ask(domain, network);
  }

  @Override
  public boolean judgesWhatIsSeenAlone(ManagedDomain domain) {
    return true;
  }

  @Override
  public Judgement judge(ManagedDomain domain, Answer seen, Context context) {
    if (seen instanceof Answer.Unanswered unanswered) {
      return new Judgement.Builder()
          .fact("record", null)
          .fact("rua", List.of())
          .add(LABEL.gap(domain, unanswered, TXT.id()))
          .build(Outcome.UNOBSERVABLE);
    }
    var published = LABEL.read(seen);
    var judgement = new Judgement.Builder();
    LABEL.judge(domain, seen, published, judgement);
    judgement.fact("rua", published.only().map(TlsRptRecord::rua).orElse(List.of()));
    return judgement.build(published.outcome());
  }
}
