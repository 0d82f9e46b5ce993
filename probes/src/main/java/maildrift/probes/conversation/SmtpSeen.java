package maildrift.probes.conversation;

import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import maildrift.probes.dns.Answer;
import maildrift.probes.dns.Question;
import maildrift.probes.domain.Gateway;
import maildrift.probes.network.Cidr;
import maildrift.probes.smtp.SmtpLook;
import maildrift.probes.smtp.Trial;
import maildrift.probes.smtp.Tried;

/**
 * What the mail hosts of a domain offered and did.
 *
 * @param mx the domain's MX; empty: no mail host is to be contacted
 * @param unseen questions for addresses of mail hosts that were not answered, and why
 * @param places the addresses that were looked at, MX hosts first
 * @param trials what the operator allows to be tried
 * @param ports of gateways that only others may reach
 */
public record SmtpSeen(
    Optional<Answer> mx,
    Map<Question, String> unseen,
    List<Place> places,
    Set<Trial> trials,
    Ports ports) {
  public SmtpSeen {
    unseen = Collections.unmodifiableMap(new LinkedHashMap<>(unseen));
    places = List.copyOf(places);
    trials = Set.copyOf(trials);
  }

  static SmtpSeen nothing() {
    return new SmtpSeen(Optional.empty(), Map.of(), List.of(), Set.of(), Ports.NONE);
  }

  /**
   * One address.
   *
   * @param takesMail it is an MX host of the domain
   * @param gateway when it is one of the operator's
   * @param tried what became of what was tried; nothing unless the operator wants it
   */
  public record Place(
      SmtpLook look, boolean takesMail, Optional<Gateway> gateway, Map<Trial, Tried> tried) {
    public Place {
      var copy = new EnumMap<Trial, Tried>(Trial.class);
      copy.putAll(tried);
      tried = Collections.unmodifiableMap(copy);
    }

    /** As the tls probe calls it: {@code host:port}. */
    String subject() {
      return look.target().host() + ":" + look.target().port();
    }

    String address() {
      return Cidr.text(look.target().address());
    }

    Optional<SmtpLook.Handshake> handshake() {
      return look instanceof SmtpLook.Spoke spoke
              && spoke.tls() instanceof SmtpLook.Handshake handshake
          ? Optional.of(handshake)
          : Optional.empty();
    }

    boolean requiresTls() {
      return gateway.filter(Gateway::requiresTls).isPresent();
    }
  }
}
