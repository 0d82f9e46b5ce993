package maildrift.probes.mtasts;

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

/** Is the domain's MTA-STS record, if it has one, one that senders understand? (RFC 8461 §3.1) */
public final class MtaStsProbe implements Probe<Answer> {
  private static final String NAME = "mtasts";

  private static final Rule TXT =
      Rule.warning("mtasts.txt", "the MTA-STS record cannot be used")
          .why(
              "Senders take a broken record, or several, for none: the mail may travel without"
                  + " verified TLS although a policy exists.")
          .reference("RFC 8461 §3.1")
          .remedy("Publish exactly one record with a new id for every change of the policy.")
          .example(
              "Wrong: v=STSv1; id=2026-11-21. Right: _mta-sts.contoso.tld. IN TXT \"v=STSv1;"
                  + " id=20261121\"");

  private static final Label<StsRecord> LABEL =
      new Label<>(
          NAME,
          "_mta-sts",
          "MTA-STS",
          "MTA-STS",
          StsRecord.VERSION,
          "stsv",
          "senders use none",
          "senders cannot use",
          TXT,
          StsRecord::parse);

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
          .fact("id", null)
          .add(LABEL.gap(domain, unanswered, TXT.id()))
          .build(Outcome.UNOBSERVABLE);
    }
    var published = LABEL.read(seen);
    var judgement = new Judgement.Builder();
    LABEL.judge(domain, seen, published, judgement);
    judgement.fact("id", published.only().flatMap(StsRecord::id).orElse(null));
    return judgement.build(published.outcome());
  }
}
