package maildrift.probes.mtasts;

import com.google.common.base.Splitter;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import maildrift.probes.Context;
import maildrift.probes.Finding;
import maildrift.probes.Severity;
import maildrift.probes.domain.ManagedDomain;

/**
 * What only somebody who looked before can say: whether record and policy changed together, how
 * long the policy has been in testing, what senders still have when all is gone. Without memory
 * nothing is said.
 *
 * <p>The policy is watched as a record of its own: {@code id=… mode=… max_age=… sha256=… mx=…}.
 */
final class Past {
  private static final Duration STUCK = Duration.ofDays(90);

  private Past() {}

  private static String announcement(ManagedDomain domain) {
    return MtaStsProbe.LABEL.owner(domain) + " MTA-STS";
  }

  static String value(String id, StsPolicy policy) {
    return "id=%s mode=%s max_age=%d sha256=%s mx=%s"
        .formatted(
            id,
            policy.mode().orElseThrow().word(),
            policy.maxAge().orElseThrow(),
            policy.sha256(),
            String.join(",", policy.mx().stream().limit(50).toList()));
  }

  private static String part(String value, String name) {
    return Splitter.on(' ')
        .splitToStream(value)
        .filter(part -> part.startsWith(name + "="))
        .map(part -> part.substring(name.length() + 1))
        .findFirst()
        .orElse("");
  }

  /** Compared with what a person or the first look accepted, so that it stays until it is right. */
  static Optional<Finding> idSync(
      ManagedDomain domain, String id, StsPolicy policy, Context context, String cause) {
    var accepted =
        context.memory().of(MtaStsProbe.policyRecord(domain)).flatMap(past -> past.accepted());
    if (accepted.isEmpty()) {
      return Optional.empty();
    }
    var sameId = part(accepted.get(), "id").equals(id);
    var sameBody = part(accepted.get(), "sha256").equals(policy.sha256());
    if (sameId == sameBody) {
      return Optional.empty();
    }
    var finding =
        Finding.of(
                StsRules.ID_SYNC,
                domain.name().toString(),
                sameId
                    ? "the MTA-STS policy of %s has changed, but the record still says id=%s, so senders keep the old one"
                        .formatted(domain.name(), id)
                    : "the MTA-STS record of %s has the new id %s, but the policy is the old one"
                        .formatted(domain.name(), id))
            .cause(cause)
            .with("old", accepted.get())
            .with("new", value(id, policy));
    return Optional.of(sameId ? finding : finding.severity(Severity.INFO));
  }

  /** Since when it has been exactly so; any change of the policy begins anew. */
  static Optional<Finding> stuck(
      ManagedDomain domain, String value, Context context, String cause) {
    return context
        .memory()
        .of(MtaStsProbe.policyRecord(domain))
        .filter(past -> past.last().equals(value))
        .flatMap(past -> past.since())
        .filter(since -> since.plus(STUCK).isBefore(context.now()))
        .map(
            since ->
                Finding.of(
                        StsRules.MODE_STUCK,
                        domain.name().toString(),
                        "the MTA-STS policy of %s has been in testing for %d days"
                            .formatted(
                                domain.name(), Duration.between(since, context.now()).toDays()))
                    .cause(cause)
                    .with("since", since.toString()));
  }

  /** While senders may still hold the policy that was last accepted. */
  static Optional<Finding> removal(ManagedDomain domain, Context context) {
    var policy =
        context
            .memory()
            .of(MtaStsProbe.policyRecord(domain))
            .flatMap(past -> past.accepted())
            .filter(value -> part(value, "mode").equals(StsPolicy.Mode.ENFORCE.word()));
    if (policy.isEmpty()) {
      return Optional.empty();
    }
    var announced = context.memory().of(announcement(domain));
    if (announced.flatMap(past -> past.accepted()).filter(text -> !text.isEmpty()).isEmpty()) {
      return Optional.empty();
    }
    var gone =
        announced
            .filter(past -> past.last().isEmpty())
            .flatMap(past -> past.since())
            .orElse(context.now());
    var age = part(policy.get(), "max_age");
    var until = gone.plusSeconds(age.isEmpty() ? 0 : Long.parseLong(age));
    return until.isBefore(context.now())
        ? Optional.empty()
        : Optional.of(
            Finding.of(
                    StsRules.REMOVAL,
                    domain.name().toString(),
                    "the MTA-STS record of %s is gone, but senders may enforce its last policy until %s"
                        .formatted(domain.name(), until))
                .cause(MtaStsProbe.LABEL.owner(domain) + " TXT")
                .with("policy", policy.get())
                .with("until", until.toString())
                .remedy(removalRemedy(domain, policy.get())));
  }

  private static String removalRemedy(ManagedDomain domain, String policy) {
    return String.join(
        "\n",
        List.of(
            "Publish the record again, with a new id, and serve a policy that says so:",
            "%s. IN TXT \"v=STSv1; id=%s\""
                .formatted(MtaStsProbe.LABEL.owner(domain), next(part(policy, "id"))),
            "version: STSv1",
            "mode: none",
            "max_age: 86400"));
  }

  private static String next(String id) {
    return id.length() < 32 ? id + "x" : id.substring(0, 31) + (id.endsWith("x") ? "y" : "x");
  }
}
