package maildrift.probes.netblocks;

import java.time.LocalDate;
import java.util.Optional;
import maildrift.probes.domain.Prescription;
import maildrift.probes.spf.Netblocks;

/**
 * Where a provider tells its networks, and what was seen there.
 *
 * @param name an SPF name, a feed with its instance, or a profile with its region that lists them
 * @param key as prescriptions call it
 * @param listedOn of what a profile lists: when the provider was last seen to list the same
 */
record Source(String name, String key, Kind kind, Netblocks seen, Optional<LocalDate> listedOn) {

  /** One that was asked. */
  Source(String name, String key, Kind kind, Netblocks seen) {
    this(name, key, kind, seen, Optional.empty());
  }

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
      case LISTED -> prescription.choice().equals(key) && !prescription.networks().isEmpty();
    };
  }
}
