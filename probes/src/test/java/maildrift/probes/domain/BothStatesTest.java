package maildrift.probes.domain;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import maildrift.probes.dns.DnsName;
import maildrift.probes.dns.RecordType;
import maildrift.probes.domain.Migration.Mailboxes;
import maildrift.probes.domain.Prescription.Demand;
import maildrift.probes.domain.Prescription.MxHost;
import maildrift.probes.domain.Prescription.MxSet;
import maildrift.probes.domain.Prescription.RecordRule;
import org.junit.jupiter.api.Test;

class BothStatesTest {
  private static final Instant START = Instant.parse("2026-12-01T20:00:00Z");
  private static final Instant BEFORE = START.minusSeconds(1);
  private static final Instant END = START.plus(Migration.LONGEST_WINDOW);
  private static final Instant WITHIN = END.minusSeconds(1);

  private static final Prescription OLD =
      inbound("old", "mx.old.test").spf(List.of(DnsName.of("_spf.old.test")), "", false);
  private static final Prescription NEW = inbound("new", "mx1.new.test", "mx2.new.test");
  private static final Prescription NEWEST = inbound("newest", "mx.newest.test");
  private static final Prescription MAILBOX = Prescription.of("box", "box", Role.MAILBOX);

  private static Prescription inbound(String name, String... hosts) {
    return Prescription.of(name, name, Role.INBOUND)
        .mx(
            List.of(
                new MxSet(
                    List.of(hosts).stream()
                        .map(host -> new MxHost(new HostPattern(host), Optional.of(10)))
                        .toList())));
  }

  private static Migration migration(Prescription from, Prescription to, Instant start) {
    return new Migration(start, Migration.LONGEST_WINDOW, from, to, Optional.empty(), "");
  }

  private static ManagedDomain domain(Prescription... own) {
    return ManagedDomain.undeclared(DnsName.of("contoso.test"))
        .prescriptions(List.of(own))
        .migration(migration(OLD, NEW, START));
  }

  private static List<String> profiles(ManagedDomain domain, Instant now) {
    return domain.asOf(now).prescriptions().stream().map(Prescription::profile).toList();
  }

  @Test
  void aDomainThatDoesNotMigrateStaysTheVeryObject() {
    var domain = ManagedDomain.undeclared(DnsName.of("contoso.test"));

    assertThat(domain.asOf(START)).isSameAs(domain);
  }

  @Test
  void theOldStateIsPrescribedBeforeBothWithinAndTheNewOneAfter() {
    for (var own : List.of(domain(OLD, MAILBOX), domain(NEW, MAILBOX), domain(MAILBOX))) {
      assertThat(profiles(own, BEFORE)).containsExactly("old", "box");
      assertThat(profiles(own, START)).containsExactly("old", "new", "box");
      assertThat(profiles(own, WITHIN)).containsExactly("old", "new", "box");
      assertThat(profiles(own, END)).containsExactly("new", "box");
    }
  }

  private static Migration mailboxes(
      Prescription from, Prescription to, Instant start, Mailboxes mailboxes) {
    return new Migration(
        start, Migration.LONGEST_WINDOW, from, to, Optional.empty(), "", mailboxes);
  }

  @Test
  void whoKeepsTheMailboxesGoesOnToPrescribeAllButMxAndSpf() {
    var domain =
        ManagedDomain.undeclared(DnsName.of("contoso.test"))
            .prescriptions(List.of(OLD))
            .migration(mailboxes(OLD, NEW, START, Mailboxes.STAY));

    assertThat(profiles(domain, WITHIN)).containsExactly("old", "new");
    var after = domain.asOf(END);
    assertThat(profiles(domain, END)).containsExactly("new", "old");
    assertThat(after.prescriptions().getLast().role()).isEqualTo(Role.MAILBOX);
    assertThat(after.prescriptions().getLast().spfAuthorise()).isEmpty();
    assertThat(after.inbound()).contains(NEW);
    assertThat(after.asOf(END)).isEqualTo(after);
  }

  @Test
  void theMailboxesStayUntilAnotherMigrationMovesThem() {
    var later = END.plus(Duration.ofDays(30));
    for (var next : Mailboxes.values()) {
      var domain =
          ManagedDomain.undeclared(DnsName.of("contoso.test"))
              .migrations(
                  List.of(
                      mailboxes(OLD, NEW, START, Mailboxes.STAY),
                      mailboxes(NEW, NEWEST, later, next)));

      assertThat(profiles(domain, later.plus(Migration.LONGEST_WINDOW)))
          .as("%s", next)
          .isEqualTo(
              switch (next) {
                case NONE -> List.of("newest", "old");
                case STAY -> List.of("newest", "new");
                case MOVE -> List.of("newest");
              });
    }
  }

  @Test
  void whoIsDeclaredBesideTheMigrationNeedNotStay() {
    var own = Prescription.of("old", "old", Role.MAILBOX);
    var domain =
        ManagedDomain.undeclared(DnsName.of("contoso.test"))
            .prescriptions(List.of(OLD, own))
            .migration(mailboxes(OLD, NEW, START, Mailboxes.STAY));

    assertThat(domain.asOf(END).prescriptions()).containsExactly(NEW, own);
  }

  @Test
  void theDeclarationAsOfATimeMayBeAskedAgain() {
    for (var now : List.of(BEFORE, START, END)) {
      var domain = domain(MAILBOX, OLD).asOf(now);

      assertThat(domain.asOf(now)).isEqualTo(domain);
    }
  }

  @Test
  void anyHostsOfEitherWillDoWithin() {
    var inbound = domain(OLD).asOf(START).inbound().orElseThrow();

    assertThat(inbound.label()).isEqualTo("old or new");
    assertThat(inbound.mx().getFirst()).isEqualTo(NEW.mx().getFirst());
    assertThat(inbound.mx().getLast().isAnyOf()).isTrue();
    assertThat(inbound.mx().getLast().hosts())
        .extracting(host -> host.host().text())
        .containsExactly("mx1.new.test", "mx2.new.test", "mx.old.test");
    assertThat(inbound.mx().getLast().hosts()).allMatch(host -> host.preference().isEmpty());
  }

  @Test
  void noMxIsPrescribedWithinWhereOneStateHasNone() {
    var outbound = Prescription.of("out", "out", Role.OUTBOUND);
    var domain =
        ManagedDomain.undeclared(DnsName.of("contoso.test"))
            .migration(migration(OLD, outbound, START));

    assertThat(domain.asOf(BEFORE).inbound().orElseThrow().mx()).isNotEmpty();
    assertThat(domain.asOf(START).inbound().orElseThrow().mx()).isEmpty();
    assertThat(domain.asOf(END).inbound()).isEmpty();
  }

  @Test
  void whatOnlyOneStateAsksForMayBeThereWithin() {
    var shared = new RecordRule("a", RecordType.CNAME, "a.test", Demand.REQUIRED, "");
    var own = new RecordRule("b", RecordType.CNAME, "b.test", Demand.FORBIDDEN, "why");
    var key = new DkimExpectation("s1", Optional.of("one"), Optional.empty(), "old", true);
    var domain =
        ManagedDomain.undeclared(DnsName.of("contoso.test"))
            .migration(
                migration(
                    OLD.records(List.of(shared, own)).dkim(List.of(key)),
                    NEW.records(List.of(shared))
                        .dkim(
                            List.of(
                                new DkimExpectation(
                                    "S1", Optional.of("two"), Optional.empty(), "new", false))),
                    START));

    var within = domain.asOf(START).prescriptions();

    assertThat(within).allMatch(Prescription::isAlternative);
    assertThat(within.getFirst().records())
        .containsExactly(shared, new RecordRule("b", RecordType.CNAME, "", Demand.OPTIONAL, "why"));
    assertThat(within.getFirst().dkim())
        .containsExactly(
            new DkimExpectation("s1", Optional.empty(), Optional.empty(), "old", false));
    assertThat(domain.asOf(END).prescriptions().getFirst().isAlternative()).isFalse();
  }

  @Test
  void oneMigrationMayFollowAnother() {
    var second = START.plus(Duration.ofDays(60));
    var domain =
        ManagedDomain.undeclared(DnsName.of("contoso.test"))
            .prescriptions(List.of(MAILBOX, OLD))
            .migrations(List.of(migration(NEW, NEWEST, second), migration(OLD, NEW, START)));

    assertThat(profiles(domain, BEFORE)).containsExactly("box", "old");
    assertThat(profiles(domain, START)).containsExactly("box", "old", "new");
    assertThat(profiles(domain, END)).containsExactly("box", "new");
    assertThat(profiles(domain, second)).containsExactly("box", "new", "newest");
    assertThat(profiles(domain, second.plus(Duration.ofDays(3)))).containsExactly("box", "newest");
    assertThat(counting(domain, BEFORE)).isEqualTo(START);
    assertThat(counting(domain, END.plus(Duration.ofDays(6)))).isEqualTo(START);
    assertThat(counting(domain, END.plus(Duration.ofDays(7)))).isEqualTo(second);
    assertThat(counting(domain, second.plus(Duration.ofDays(99)))).isEqualTo(second);
  }

  private static Instant counting(ManagedDomain domain, Instant now) {
    return domain.asOf(now).migration().orElseThrow().start();
  }
}
