package maildrift.probes.migration;

import java.util.List;
import maildrift.probes.dns.Answer;
import maildrift.probes.dns.DnsName;
import maildrift.probes.dns.Rdata;
import maildrift.probes.domain.Migration;
import maildrift.probes.domain.Prescription;

/** Which MX hosts are of the old state and which of the new one. */
record MovingMx(Migration migration) {

  /** Whether both states say who takes the mail. */
  static boolean isMoving(Migration migration) {
    return !migration.from().mx().isEmpty() && !migration.to().mx().isEmpty();
  }

  /** What somebody says of the MX. */
  enum Says {
    OLD,
    NEW,
    BOTH,
    /** None of the hosts is of either state, or there is none. */
    OTHER;

    String word() {
      return switch (this) {
        case OLD -> "old";
        case NEW -> "new";
        case BOTH -> "both";
        case OTHER -> "other";
      };
    }

    boolean isOld() {
      return this == OLD || this == BOTH;
    }
  }

  Says says(Answer answer) {
    var hosts = answer.records(Rdata.Mx.class).stream().map(Rdata.Mx::host).toList();
    var isOld = hosts.stream().anyMatch(this::isOld);
    var isNew = hosts.stream().anyMatch(host -> isIn(migration.to(), host));
    if (isOld) {
      return isNew ? Says.BOTH : Says.OLD;
    }
    return isNew ? Says.NEW : Says.OTHER;
  }

  /** Of the old state, and of no use in the new one. */
  boolean isOld(DnsName host) {
    return isIn(migration.from(), host) && !isIn(migration.to(), host);
  }

  List<Rdata.Mx> old(Answer answer) {
    return answer.records(Rdata.Mx.class).stream().filter(mx -> isOld(mx.host())).toList();
  }

  private static boolean isIn(Prescription prescription, DnsName host) {
    return prescription.mx().stream()
        .flatMap(set -> set.hosts().stream())
        .anyMatch(known -> known.host().matches(host));
  }
}
