package maildrift.probes.mtasts;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import maildrift.probes.Context;
import maildrift.probes.Finding;
import maildrift.probes.Judgement;
import maildrift.probes.Network;
import maildrift.probes.Outcome;
import maildrift.probes.Probe;
import maildrift.probes.Rule;
import maildrift.probes.dns.Answer;
import maildrift.probes.dns.DnsName;
import maildrift.probes.dns.Question;
import maildrift.probes.dns.Rdata;
import maildrift.probes.dns.RecordType;
import maildrift.probes.domain.ManagedDomain;
import maildrift.probes.https.Https;
import maildrift.probes.https.HttpsLook;
import maildrift.probes.textrecord.Label;
import maildrift.probes.tls.MailHosts;
import maildrift.probes.tls.TrustAnchors;

/**
 * Does the domain's MTA-STS, if it has any, do what it announces: a record that senders understand,
 * a policy that they can fetch, and mail hosts that satisfy it? (RFC 8461)
 *
 * <p>The policy host and the mail hosts are contacted only where a usable record announces a
 * policy; without one this is a single question of DNS.
 */
public final class MtaStsProbe implements Probe<StsSeen> {
  static final String NAME = "mtasts";

  private static final String PATH = "/.well-known/mta-sts.txt";

  private static final String POLICY_RECORD = " MTA-STS-policy";

  static final Label<StsRecord> LABEL =
      new Label<>(
          NAME,
          "_mta-sts",
          "MTA-STS",
          "MTA-STS",
          StsRecord.VERSION,
          "stsv",
          "senders use none",
          "senders cannot use",
          StsRules.TXT,
          StsRecord::parse);

  private final TrustAnchors anchors;

  public MtaStsProbe(TrustAnchors anchors) {
    this.anchors = anchors;
  }

  /** Whether a watched record is a policy; its owner is that of the record that announces it. */
  public static boolean isPolicy(String record) {
    return record.endsWith(POLICY_RECORD);
  }

  static String policyRecord(ManagedDomain domain) {
    return LABEL.owner(domain) + POLICY_RECORD;
  }

  /** What announces a policy; empty for a name that is too long for it. */
  public static Optional<Question> question(ManagedDomain domain) {
    return DnsName.parse(LABEL.owner(domain)).map(owner -> new Question(owner, RecordType.TXT));
  }

  /** The policy that a domain announces, by the answer to that question. */
  public static Optional<Announced> announced(ManagedDomain domain, Answer txt) {
    return LABEL
        .read(txt)
        .only()
        .flatMap(StsRecord::id)
        .flatMap(
            id -> DnsName.parse("mta-sts." + domain.name()).map(host -> new Announced(host, id)));
  }

  /**
   * A policy that is announced.
   *
   * @param id of its version
   */
  public record Announced(DnsName host, String id) {

    /**
     * What to read.
     *
     * @param answers what DNS says of the host's addresses; empty: there is none
     */
    public Optional<Https.Target> target(List<Answer> answers) {
      var found =
          answers.stream()
              .flatMap(answer -> answer.records(Rdata.Address.class).stream())
              .map(Rdata.Address::address)
              .distinct()
              .toList();
      return found.isEmpty()
          ? Optional.empty()
          : Optional.of(new Https.Target(host, found, PATH, id));
    }
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public List<Rule> rules() {
    return StsRules.ALL;
  }

  /** Of what is not DNS it sees something only where a record announces a policy. */
  @Override
  public boolean judgesWhatIsSeenAlone(ManagedDomain domain) {
    return true;
  }

  @Override
  public StsSeen observe(ManagedDomain domain, Network network) {
    var txt = LABEL.ask(domain, network);
    return new StsSeen(txt, announced(domain, txt).map(policy -> policy(domain, policy, network)));
  }

  private static StsSeen.Policy policy(ManagedDomain domain, Announced announced, Network network) {
    var host = announced.host();
    var answers =
        network
            .dns()
            .ask(
                List.of(
                    new Question(host, RecordType.A),
                    new Question(host, RecordType.AAAA),
                    new Question(domain.name(), RecordType.MX)));
    var addresses = answers.subList(0, 2);
    var mx = answers.get(2);
    // A mail server of the domain itself, where there is no MX record (RFC 5321 §5.1).
    var names = mx.isAbsent() ? List.of(domain.name()) : MailHosts.of(mx);
    var look = announced.target(addresses).map(target -> network.https().get(target));
    var wanted =
        domain.skip().contains("tls") || !look.map(MtaStsProbe::binds).orElse(false)
            ? List.<DnsName>of()
            : names.stream().limit(MailHosts.MAX_HOSTS).toList();
    return new StsSeen.Policy(
        host, addresses, look, mx, names, MailHosts.look(domain, wanted, network));
  }

  /** Whether the mail hosts may have to satisfy it; whether it counts at all is judged later. */
  private static boolean binds(HttpsLook look) {
    return look instanceof HttpsLook.Spoke spoke
        && spoke
            .body()
            .map(StsPolicy::parse)
            .flatMap(StsPolicy::mode)
            .filter(mode -> mode != StsPolicy.Mode.NONE)
            .isPresent();
  }

  @Override
  public Judgement judge(ManagedDomain domain, StsSeen seen, Context context) {
    var judgement = new Judgement.Builder();
    if (seen.txt() instanceof Answer.Unanswered unanswered) {
      return judgement
          .fact("record", null)
          .fact("id", null)
          .fact("policy", null)
          .add(LABEL.gap(domain, unanswered, NAME + "."))
          .build(Outcome.UNOBSERVABLE);
    }
    var published = LABEL.read(seen.txt());
    LABEL.judge(domain, seen.txt(), published, judgement);
    var id = published.only().flatMap(StsRecord::id);
    judgement.fact("id", id.orElse(null));
    dangling(domain, LABEL.owner(domain), List.of(seen.txt())).ifPresent(judgement::add);
    if (seen.policy().isPresent() && id.isPresent()) {
      new PolicyJudge(domain, anchors, context, judgement)
          .judge(seen.policy().get(), id.get(), LABEL.cause(domain, seen.txt()));
    } else {
      judgement.fact("policy", null);
      if (published.outcome() == Outcome.ABSENT) {
        Past.removal(domain, context).ifPresent(judgement::add);
      }
    }
    return judgement.build(published.outcome());
  }

  /** A CNAME whose target DNS says does not exist. */
  static Optional<Finding> dangling(ManagedDomain domain, String owner, List<Answer> answers) {
    return answers.stream()
        .flatMap(answer -> missing(answer).stream())
        .findFirst()
        .map(
            target ->
                Finding.of(
                        StsRules.CDN,
                        owner,
                        "%s is an alias of %s, which does not exist".formatted(owner, target))
                    .cause(owner + " CNAME")
                    .with("target", target.toString())
                    .remedy(
                        "Take the CNAME at %s away, or set %s up again.".formatted(owner, target)));
  }

  private static Optional<DnsName> missing(Answer answer) {
    return answer instanceof Answer.NoSuchName(var aliases, var _, var _, var _)
            && !aliases.isEmpty()
        ? Optional.of(aliases.getLast())
        : Optional.empty();
  }

  /** Sentences of several problems, the first few. */
  static String listed(List<String> problems) {
    var shown = new ArrayList<>(problems.subList(0, Math.min(3, problems.size())));
    Stream.of(problems.size() - shown.size())
        .filter(more -> more > 0)
        .forEach(more -> shown.add("and %d more".formatted(more)));
    return String.join("; ", shown);
  }
}
