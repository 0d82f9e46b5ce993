package maildrift.probes.dmarc;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import maildrift.probes.dns.Answer;
import maildrift.probes.dns.DnsName;
import maildrift.probes.dns.Rdata;
import maildrift.probes.domain.PublicSuffixes;

/** Where reports go, and whether the receiving domain accepts them (RFC 9990 §4). */
final class ReportPaths {
  private ReportPaths() {}

  /** Whether a destination accepts the reports. */
  enum Consent {
    GIVEN,
    /** DNS said that there is no authorisation. */
    REFUSED,
    /** It names another address at another host, so that neither gets anything (§4 step 9). */
    REDIRECTED,
    UNKNOWN
  }

  /** Destinations in another organisation than the record's. */
  static Set<DnsName> outside(TreeWalk.Found.At at) {
    var destinations = new LinkedHashSet<DnsName>();
    Stream.concat(at.record().rua().stream(), at.record().ruf().stream())
        .flatMap(uri -> uri.destination().stream())
        .filter(destination -> isOutside(at.foundAt(), destination))
        .distinct()
        .limit(DmarcProbe.MAX_DESTINATIONS)
        .forEach(destinations::add);
    return destinations;
  }

  /** Hosts that reports are mailed to. */
  static List<DnsName> mailto(TreeWalk.Found.At at) {
    return Stream.concat(at.record().rua().stream(), at.record().ruf().stream())
        .filter(ReportUri::isMailto)
        .flatMap(uri -> uri.destination().stream())
        .distinct()
        .limit(DmarcProbe.MAX_DESTINATIONS)
        .toList();
  }

  /** Whether a host takes mail, as far as its DNS says. */
  enum Mailbox {
    TAKES_MAIL,
    /** The name does not exist, or has neither MX nor address. */
    NOWHERE,
    /** RFC 7505. */
    NULL_MX,
    UNKNOWN
  }

  /**
   * @param answers MX, and where there is none A and AAAA
   */
  static Mailbox mailbox(List<Answer> answers) {
    if (answers.isEmpty()) {
      return Mailbox.UNKNOWN;
    }
    var exchanges = answers.getFirst();
    if (exchanges instanceof Answer.Found) {
      var hosts = exchanges.records(Rdata.Mx.class);
      return hosts.stream().allMatch(mx -> mx.host().isRoot())
          ? Mailbox.NULL_MX
          : Mailbox.TAKES_MAIL;
    }
    if (answers.stream().anyMatch(Answer.Found.class::isInstance)) {
      return Mailbox.TAKES_MAIL;
    }
    return answers.stream().anyMatch(Answer.Unanswered.class::isInstance)
        ? Mailbox.UNKNOWN
        : Mailbox.NOWHERE;
  }

  /** By the public suffix list: it needs no questions, and is what most senders of reports use. */
  static boolean isOutside(DnsName foundAt, DnsName destination) {
    return !PublicSuffixes.organizational(foundAt)
        .equals(PublicSuffixes.organizational(destination));
  }

  /** {@code foundAt._report._dmarc.destination}; nothing when that is too long to exist. */
  static Optional<DnsName> authorisation(DnsName foundAt, DnsName destination) {
    return DmarcProbe.name(destination, foundAt + "._report._dmarc");
  }

  static Consent consent(DnsName destination, Optional<Answer> answer) {
    if (answer.isEmpty()) {
      return Consent.REFUSED; // the name is too long to exist, so nothing can stand there
    }
    if (answer.get() instanceof Answer.Unanswered) {
      return Consent.UNKNOWN;
    }
    var records = TreeWalk.records(answer.get());
    if (records.isEmpty()) {
      return Consent.REFUSED;
    }
    var elsewhere =
        records.stream()
            .flatMap(record -> Stream.concat(record.rua().stream(), record.ruf().stream()))
            .flatMap(uri -> uri.destination().stream())
            .anyMatch(host -> !host.equals(destination));
    return elsewhere ? Consent.REDIRECTED : Consent.GIVEN;
  }
}
