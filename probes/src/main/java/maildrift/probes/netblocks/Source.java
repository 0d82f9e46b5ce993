package maildrift.probes.netblocks;

import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import maildrift.probes.domain.Prescription;
import maildrift.probes.spf.Netblocks;

/**
 * Where a provider tells its networks, and what was seen there.
 *
 * @param name an SPF name, a feed with its instance, or a profile with its region that lists them
 * @param key as prescriptions call it
 */
record Source(String name, String key, Kind kind, Netblocks seen) {

  /** How it is told. */
  enum Kind {
    /** An SPF record. */
    SPF("netblocks"),
    /** A document on the web. */
    FEED("feeds"),
    /** The profile itself; it changes with maildrift or with the operator's own profile. */
    LISTED("networks");

    private final String area;

    Kind(String area) {
      this.area = area;
    }

    /** The section of a profile that names it. */
    String area() {
      return area;
    }
  }

  /** What findings about it come down to. */
  String cause() {
    return kind == Kind.SPF ? name + " TXT" : name;
  }

  boolean isOf(Prescription prescription) {
    return switch (kind) {
      case SPF -> prescription.netblocks().stream().anyMatch(known -> known.toString().equals(key));
      case FEED -> prescription.feeds().contains(key);
      case LISTED -> choice(prescription).equals(key) && !prescription.networks().isEmpty();
    };
  }

  /** A profile with the region and the variant that were chosen: others list other networks. */
  static String choice(Prescription prescription) {
    return Stream.of(
            Optional.of(prescription.profile()), prescription.region(), prescription.variant())
        .flatMap(Optional::stream)
        .collect(Collectors.joining(" "));
  }
}
