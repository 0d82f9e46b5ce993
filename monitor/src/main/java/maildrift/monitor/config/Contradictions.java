package maildrift.monitor.config;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import maildrift.probes.dkim.ExpectedKey;
import maildrift.probes.dns.DnsName;
import maildrift.probes.domain.DkimExpectation;
import maildrift.probes.domain.HostPattern;
import maildrift.probes.domain.Prescription;
import maildrift.probes.domain.Prescription.Demand;
import maildrift.probes.domain.Prescription.RecordRule;
import maildrift.probes.domain.TlsLevel;

/**
 * Do the profiles of a domain, and what is declared beside them, agree? Where no zone could please
 * all of them, the later line is the problem, and the message names the earlier one.
 */
final class Contradictions {
  private final Reading reading;

  Contradictions(Reading reading) {
    this.reading = reading;
  }

  /** What a profile prescribes, and where it is named. */
  record Prescribed(Prescription prescription, Place place) {
    private String shown() {
      return "%s (%s)".formatted(prescription.label(), place);
    }
  }

  /** The profiles of one domain among each other. */
  void among(List<Prescribed> all) {
    for (var later = 1; later < all.size(); later++) {
      for (var earlier = 0; earlier < later; earlier++) {
        between(all.get(earlier), all.get(later));
      }
    }
  }

  private void between(Prescribed earlier, Prescribed later) {
    twice(earlier, later);
    for (var one : earlier.prescription().records()) {
      for (var other : later.prescription().records()) {
        records(earlier, one, later, other);
      }
    }
    for (var one : earlier.prescription().dkim()) {
      for (var other : later.prescription().dkim()) {
        difference(one, other)
            .ifPresent(
                what ->
                    reading.problem(
                        later.place(),
                        "%s prescribes another %s at the selector '%s' than %s"
                            .formatted(
                                later.prescription().label(),
                                what,
                                other.selector(),
                                earlier.shown())));
      }
    }
  }

  private void twice(Prescribed earlier, Prescribed later) {
    var one = earlier.prescription();
    var other = later.prescription();
    if (!one.profile().equals(other.profile()) || one.role() != other.role()) {
      return;
    }
    for (var choice : List.of("region", "variant")) {
      if (!one.parameter(choice).equals(other.parameter(choice))) {
        reading.problem(
            later.place(),
            "%s is there with another %s in the same role, %s: %s"
                .formatted(other.label(), choice, other.role().word(), earlier.shown()));
        return;
      }
    }
  }

  private void records(Prescribed earlier, RecordRule one, Prescribed later, RecordRule other) {
    if (!one.prefix().equalsIgnoreCase(other.prefix()) || one.type() != other.type()) {
      return;
    }
    var name = one.prefix().isEmpty() ? "@" : one.prefix();
    if (one.demand() != Demand.FORBIDDEN && other.demand() == Demand.FORBIDDEN) {
      if (covers(other.value(), one.value())) {
        reading.problem(
            later.place(),
            "%s forbids the record %s %s, which %s %s"
                .formatted(
                    later.prescription().label(),
                    name,
                    one.type(),
                    earlier.shown(),
                    verb(one.demand())));
      }
    } else if (one.demand() == Demand.FORBIDDEN && other.demand() != Demand.FORBIDDEN) {
      if (covers(one.value(), other.value())) {
        reading.problem(
            later.place(),
            "%s %s the record %s %s, which %s forbids"
                .formatted(
                    later.prescription().label(),
                    verb(other.demand()),
                    name,
                    one.type(),
                    earlier.shown()));
      }
    } else if (one.demand() == Demand.REQUIRED
        && other.demand() == Demand.REQUIRED
        && one.type().name().equals("CNAME")
        && !covers(one.value(), other.value())
        && !covers(other.value(), one.value())) {
      reading.problem(
          later.place(),
          "%s requires '%s' as the record %s CNAME, %s requires '%s'"
              .formatted(
                  later.prescription().label(), other.value(), name, earlier.shown(), one.value()));
    }
  }

  private static String verb(Demand demand) {
    return demand == Demand.REQUIRED ? "requires" : "allows";
  }

  /** Whether what the second value stands for is among what the first one stands for. */
  private static boolean covers(String wide, String narrow) {
    if (wide.isEmpty()) {
      return true;
    }
    var wanted = wide.split(" ", -1);
    var words = narrow.split(" ", -1);
    if (wanted.length != words.length) {
      return false;
    }
    for (var i = 0; i < words.length; i++) {
      if (!wanted[i].equals("*") && !wanted[i].equalsIgnoreCase(words[i])) {
        return false;
      }
    }
    return true;
  }

  /**
   * What is declared beside the profiles.
   *
   * @param places of the declared selectors
   */
  void declared(List<Prescribed> profiles, List<DkimExpectation> dkim, Map<String, Place> places) {
    for (var own : dkim) {
      for (var profile : profiles) {
        for (var prescribed : profile.prescription().dkim()) {
          var place = places.get(own.selector());
          var what = difference(own, prescribed);
          if (place != null && what.isPresent()) {
            reading.problem(
                place,
                "dkim: the %s declared for the selector '%s' is not the one that %s prescribes"
                    .formatted(what.get(), own.selector(), profile.shown()));
          }
        }
      }
    }
  }

  /** A level that is lower than what a profile asks for may be meant, for another leg. */
  void level(List<Prescribed> profiles, TlsLevel declared, Place place) {
    for (var profile : profiles) {
      profile
          .prescription()
          .tlsLevel()
          .filter(_ -> !profile.prescription().guessed().contains("tls_level"))
          .filter(asked -> asked.compareTo(declared) > 0)
          .ifPresent(
              asked ->
                  reading.warning(
                      place,
                      "tls_level: '%s' is below '%s', which %s asks for"
                          .formatted(declared.word(), asked.word(), profile.shown())));
    }
  }

  /** In what two expectations of the same selector contradict each other. */
  private static Optional<String> difference(DkimExpectation one, DkimExpectation other) {
    if (!one.selector().equalsIgnoreCase(other.selector())) {
      return Optional.empty();
    }
    if (one.key().isPresent()
        && other.key().isPresent()
        && !ExpectedKey.isSame(one.key().get(), other.key().get())) {
      return Optional.of("key");
    }
    return one.cname().isPresent()
            && other.cname().isPresent()
            && !overlap(one.cname().get(), other.cname().get())
        ? Optional.of("CNAME")
        : Optional.empty();
  }

  /** Whether one name can satisfy both, as far as two patterns tell. */
  private static boolean overlap(HostPattern one, HostPattern other) {
    return reaches(one, other) || reaches(other, one);
  }

  private static boolean reaches(HostPattern from, HostPattern to) {
    for (var alternative : from.text().split("\\|", -1)) {
      if (DnsName.parse(alternative.replace('*', 'x')).filter(to::matches).isPresent()) {
        return true;
      }
    }
    return false;
  }
}
