package maildrift.probes.caa;

import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import maildrift.probes.dns.Answer;
import maildrift.probes.dns.DnsName;
import maildrift.probes.dns.Rdata;
import maildrift.probes.domain.PublicSuffixes;
import maildrift.probes.https.HttpsLook;
import maildrift.probes.smtp.SmtpLook;
import maildrift.probes.tls.MailHosts;

/**
 * What was seen of the CAA records of a domain and of its MX hosts.
 *
 * @param mx the domain's MX
 * @param omitted MX hosts beyond those that are looked at
 * @param policyHost where an MTA-STS policy is announced
 * @param policyUnseen why it is not known whether one is
 */
public record CaaSeen(
    Climb domain,
    Answer mx,
    List<Host> hosts,
    int omitted,
    Optional<PolicyHost> policyHost,
    Optional<String> policyUnseen) {

  public CaaSeen {
    hosts = List.copyOf(hosts);
  }

  /** The answers from a name upwards, its own first, the top-level domain's last. */
  public record Climb(DnsName name, List<Step> steps) {
    public Climb {
      steps = List.copyOf(steps);
    }

    /** The same from one of its ancestors upwards, as for a wildcard certificate. */
    Climb from(DnsName ancestor) {
      return new Climb(
          ancestor, steps.stream().filter(step -> ancestor.isWithin(step.at())).toList());
    }

    /** RFC 8659 §3: the first set on the way up counts, and nothing above it. */
    Relevant relevant() {
      var unseen = Optional.<Relevant.Unseen>empty();
      for (var step : steps) {
        switch (step.answer()) {
          case Answer.Found found -> {
            return new Relevant.Found(
                step.at(), CaaSet.of(found.records(Rdata.Caa.class)), found.aliases());
          }
          case Answer.Unanswered unanswered -> {
            // Registries publish none, and a laboratory's servers know no registry: a gap there
            // would be one of every domain.
            var here = new Relevant.Unseen(step.at(), unanswered.why());
            if (!PublicSuffixes.isPublicSuffix(step.at())) {
              return here;
            }
            unseen = Optional.of(here);
          }
          case Answer.NoData _, Answer.NoSuchName _ -> {}
        }
      }
      return new Relevant.None(unseen);
    }
  }

  /** What DNS said at one name. */
  public record Step(DnsName at, Answer answer) {}

  /** The set that counts for a name. */
  sealed interface Relevant {

    /**
     * @param aliases as in the answer
     */
    record Found(DnsName at, CaaSet set, List<DnsName> aliases) implements Relevant {
      public Found {
        aliases = List.copyOf(aliases);
      }

      /** Where the records stand. */
      DnsName owner() {
        return aliases.isEmpty() ? at : aliases.getLast();
      }
    }

    /**
     * There is none: every authority may issue.
     *
     * @param above a public suffix that could not be asked; empty: there is none up to the top
     */
    record None(Optional<Unseen> above) implements Relevant {}

    /** A name on the way could not be asked for; what is above it may not count. */
    record Unseen(DnsName at, String why) implements Relevant {}
  }

  /**
   * An MX host.
   *
   * @param looks at its addresses; empty where no CAA record makes them matter, or nobody wants
   *     mail hosts to be contacted
   * @param addressesUnseen why they could not be asked for
   */
  public record Host(
      DnsName name, Climb climb, List<SmtpLook> looks, Optional<String> addressesUnseen) {
    public Host {
      looks = List.copyOf(looks);
    }
  }

  /**
   * The host of the MTA-STS policy.
   *
   * @param addresses what DNS said of A and AAAA; empty where no CAA record makes them matter
   * @param look at the policy; empty: there was no address to look at
   */
  public record PolicyHost(Climb climb, List<Answer> addresses, Optional<HttpsLook> look) {
    public PolicyHost {
      addresses = List.copyOf(addresses);
    }

    Optional<X509Certificate> leaf() {
      return look.flatMap(
          seen ->
              seen instanceof HttpsLook.Spoke spoke
                  ? MailHosts.certificates(spoke.chain()).stream().findFirst()
                  : Optional.empty());
    }

    /** Why its certificate is not known; empty also where it has none. */
    Optional<String> unseen() {
      return look.map(
              seen ->
                  switch (seen) {
                    case HttpsLook.Unobservable(var why) -> Optional.of(why);
                    case HttpsLook.Refused(var why) -> Optional.of(why);
                    case HttpsLook.NoHandshake _, HttpsLook.Spoke _ -> Optional.<String>empty();
                  })
          .orElseGet(
              () ->
                  addresses.stream()
                      .filter(Answer.Unanswered.class::isInstance)
                      .map(answer -> ((Answer.Unanswered) answer).why())
                      .findFirst());
    }
  }
}
