package maildrift.monitor.watch;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import maildrift.alerts.Alert;
import maildrift.monitor.check.CheckRunner;
import maildrift.monitor.check.Contradiction;
import maildrift.monitor.check.Doors;
import maildrift.monitor.config.ScheduleConfig;
import maildrift.monitor.state.DomainState;
import maildrift.monitor.state.StateTable;
import maildrift.monitor.store.MemoryStore;
import maildrift.monitor.store.SeenRecord;
import maildrift.probes.Deadline;
import maildrift.probes.Probe;
import maildrift.probes.dane.DaneProbe;
import maildrift.probes.dkim.DkimProbe;
import maildrift.probes.dmarc.DmarcProbe;
import maildrift.probes.dns.Answer;
import maildrift.probes.dns.Dns;
import maildrift.probes.dns.DnsName;
import maildrift.probes.dns.Question;
import maildrift.probes.dns.Rdata;
import maildrift.probes.dns.RecordType;
import maildrift.probes.domain.DkimExpectation;
import maildrift.probes.domain.ManagedDomain;
import maildrift.probes.smtp.Smtp;
import maildrift.probes.smtp.SmtpLook;
import maildrift.probes.spf.SpfProbe;
import org.junit.jupiter.api.Test;

/** What is found of SPF, DKIM and DMARC only over several turns, or by several probes together. */
class RecordsOverTimeTest {
  private static final String NAME = "contoso.test";
  private static final String SELECTOR = "s1._domainkey.contoso.test";
  private static final Instant START = Instant.parse("2026-01-01T12:00:00Z");

  /** 2,048 bits would be the same here: only its text matters. */
  private static final String KEY =
      "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=";

  private final Map<String, String> texts =
      new ConcurrentHashMap<>(
          Map.of(
              NAME,
              "v=spf1 include:provider.test ~all",
              "provider.test",
              "v=spf1 ip4:192.0.2.0/24 -all",
              SELECTOR,
              KEY,
              "_dmarc.contoso.test",
              "v=DMARC1; p=reject; rua=mailto:d@contoso.test"));
  private final Map<String, String> silent = new ConcurrentHashMap<>();
  private final List<Rdata> tlsa = new CopyOnWriteArrayList<>();
  private final StateTable table = new StateTable();
  private final MemoryStore store = new MemoryStore();
  private Instant now = START;

  private final Clock clock = ((InstantSource) () -> now).withZone(ZoneOffset.UTC);

  private final Watch watch = watch(List.of(new SpfProbe(), new DkimProbe(), new DmarcProbe()));

  private Watch watch(List<Probe<?>> probes) {
    return new Watch(
        new CheckRunner(probes, (_, deadline) -> door(deadline), (_, _) -> {}, clock),
        store,
        table,
        new Published(),
        new Nobody(),
        () -> false,
        clock,
        new Watch.Terms(
            new ScheduleConfig(
                Duration.ofMinutes(5), Duration.ofSeconds(30), 2, Duration.ofHours(6)),
            true));
  }

  private Doors.Door door(Deadline deadline) {
    return new Doors.Door() {
      @Override
      public List<Contradiction> contradictions() {
        return List.of();
      }

      @Override
      public Dns dns() {
        return questions -> questions.stream().map(RecordsOverTimeTest.this::answer).toList();
      }

      @Override
      public Smtp smtp() {
        return targets ->
            targets.stream()
                .<SmtpLook>map(
                    target -> new SmtpLook.Unobservable(target, "nobody speaks SMTP here"))
                .toList();
      }

      @Override
      public Deadline deadline() {
        return deadline;
      }
    };
  }

  private Answer answer(Question question) {
    var name = question.name().toString();
    if (silent.containsKey(name)) {
      return new Answer.Unanswered(Answer.Failure.TIMEOUT, "timeout", "");
    }
    var ttl = Duration.ofMinutes(5);
    if (question.type() == RecordType.MX) {
      var mx = new Rdata.Mx(10, DnsName.of("mx.contoso.test"));
      return new Answer.Found(List.of(mx), List.of(), ttl, "", false);
    }
    if (question.type() == RecordType.TLSA && !tlsa.isEmpty()) {
      return new Answer.Found(List.copyOf(tlsa), List.of(), ttl, "", false);
    }
    return Optional.ofNullable(texts.get(name))
        .filter(_ -> question.type() == RecordType.TXT)
        .<Answer>map(
            text -> new Answer.Found(List.of(Rdata.Txt.of(text)), List.of(), ttl, "", false))
        .orElseGet(() -> new Answer.NoSuchName(List.of(), ttl, "", false));
  }

  private static ManagedDomain domain(String name) {
    return ManagedDomain.undeclared(DnsName.of(name))
        .dkim(
            List.of(
                new DkimExpectation("s1", Optional.empty(), Optional.empty(), "declared", true)));
  }

  private void turns(int count) {
    for (var i = 0; i < count; i++) {
      now = now.plusSeconds(600);
      watch.turn(NAME);
    }
  }

  private List<String> firing() {
    return watch.alerts().stream()
        .filter(alert -> alert.phase() == Alert.Phase.FIRING)
        .map(alert -> alert.labels().get("alertname"))
        .filter(rule -> !rule.equals("dkim.ktype"))
        .sorted()
        .toList();
  }

  private String found(String rule) {
    return table.of(DnsName.of(NAME)).orElseThrow().findings().stream()
        .filter(finding -> finding.rule().equals(rule))
        .map(finding -> finding.severity().word())
        .collect(Collectors.joining(","));
  }

  @Test
  void aProviderThatNeedsMoreLookupsIsToldOfUntilSomebodyAcceptsIt() {
    watch.add(domain(NAME), Optional.empty());
    turns(3);
    assertThat(firing()).isEmpty();

    texts.put("provider.test", "v=spf1 include:more.test include:yet.more.test -all");
    texts.put("more.test", "v=spf1 ip4:192.0.2.0/24 -all");
    texts.put("yet.more.test", "v=spf1 ip4:198.51.100.0/24 -all");
    turns(3);
    assertThat(firing()).containsExactly("record.changed", "spf.lookups-trend");

    assertThat(watch.alerts())
        .extracting(alert -> alert.labels().get("cause"))
        .contains("provider.test TXT")
        .doesNotContain(NAME + " SPF");

    // A branch that does not answer hides the count; it is neither the old one nor gone.
    silent.put("more.test", "");
    turns(3);
    assertThat(firing()).containsExactly("record.changed", "spf.lookups-trend");
    silent.clear();

    watch.accept(NAME, "alice");
    turns(2);
    assertThat(firing()).isEmpty();
  }

  @Test
  void anEditOfOnesOwnIsDriftOfTheRecordAlone() {
    watch.add(domain(NAME), Optional.empty());
    turns(3);

    texts.put("more.test", "v=spf1 ip4:192.0.2.0/24 -all");
    texts.put(NAME, "v=spf1 include:provider.test include:more.test ~all");
    turns(3);

    assertThat(firing()).containsExactly("record.changed");
  }

  @Test
  void aKeyThatNobodyRotatesGrowsOldAlthoughNothingElseHappens() {
    watch.add(domain(NAME), Optional.empty());
    turns(5);
    assertThat(found("dkim.key-age")).isEmpty();

    now = START.plus(Duration.ofDays(200));
    turns(2);
    assertThat(found("dkim.key-age")).isEqualTo("info");

    now = START.plus(Duration.ofDays(370));
    turns(3);
    assertThat(found("dkim.key-age")).isEqualTo("warning");
    assertThat(firing()).contains("dkim.key-age");

    silent.put(SELECTOR, "");
    turns(3);
    assertThat(firing()).contains("dkim.key-age");
    silent.clear();

    texts.put(SELECTOR, "v=DKIM1; k=ed25519; p=" + "A".repeat(43) + "=");
    turns(4);
    assertThat(found("dkim.key-age")).isEmpty();
  }

  @Test
  void theAgeOfAKeyOutlivesARestart() {
    watch.add(
        domain(NAME),
        Optional.of(
            new Watch.Remembered(
                DomainState.unseen(domain(NAME)),
                List.of(),
                Map.of(),
                Map.of(SELECTOR + " DKIM", KEY.substring("v=DKIM1; ".length())),
                Map.of(SELECTOR + " DKIM", START.minus(Duration.ofDays(400))))));
    turns(2);

    assertThat(found("dkim.key-age")).isEqualTo("warning");
  }

  @Test
  void theLastSelectorThatIsNoLongerDeclaredIsForgottenAndItsAlertEnds() {
    watch.add(domain(NAME), Optional.empty());
    turns(3);
    texts.put(SELECTOR, "v=DKIM1; k=ed25519; p=" + "A".repeat(43) + "=");
    turns(3);
    assertThat(firing()).containsExactly("record.changed");
    assertThat(watch.baseline(NAME).orElseThrow()).containsKey(SELECTOR + " DKIM");

    watch.add(ManagedDomain.undeclared(DnsName.of(NAME)), Optional.empty());
    turns(4);

    assertThat(firing()).isEmpty();
    assertThat(watch.baseline(NAME).orElseThrow())
        .isNotEmpty()
        .doesNotContainKey(SELECTOR + " DKIM");
    assertThat(store.seen(NAME))
        .isNotEmpty()
        .noneMatch(seen -> seen.record().equals(SELECTOR + " DKIM"));
    watch.accept(NAME, "alice");
    assertThat(watch.baseline(NAME).orElseThrow()).doesNotContainKey(SELECTOR + " DKIM");
    assertThat(table.of(DnsName.of(NAME)).orElseThrow().recordsChanged())
        .doesNotContainKey(SELECTOR + " DKIM");
  }

  @Test
  void aSelectorThatIsNotAnsweredIsNotForgotten() {
    watch.add(domain(NAME), Optional.empty());
    turns(3);
    silent.put(SELECTOR, "");
    turns(4);

    assertThat(watch.baseline(NAME).orElseThrow()).containsKey(SELECTOR + " DKIM");
    assertThat(store.seen(NAME)).anyMatch(seen -> seen.record().equals(SELECTOR + " DKIM"));
  }

  @Test
  void aValueThatSaysSinceWhenIsBelievedWhenAsManyLooksHaveSeenItAsAnyOther() {
    var old = new Rdata.Tlsa(3, 1, 1, "a".repeat(64));
    var next = new Rdata.Tlsa(3, 1, 1, "b".repeat(64));
    tlsa.add(old);
    var dane = watch(List.of(new DaneProbe()));
    dane.add(ManagedDomain.undeclared(DnsName.of(NAME)), Optional.empty());
    dane.turn(NAME);
    assertThat(tlsaRecord()).isEqualTo(old.text());

    tlsa.add(next);
    now = now.plusSeconds(600);
    var first = now;
    dane.turn(NAME);
    assertThat(tlsaRecord()).isEqualTo(old.text());
    now = now.plusSeconds(600);
    dane.turn(NAME);
    assertThat(tlsaRecord()).isEqualTo(old.text() + "; " + next.text() + " since=" + first);
    now = now.plusSeconds(600);
    dane.turn(NAME);
    assertThat(tlsaRecord()).endsWith(" since=" + first);
    assertThat(dane.alerts())
        .noneMatch(alert -> alert.labels().get("alertname").equals("record.changed"));
  }

  private String tlsaRecord() {
    return store.seen(NAME).stream()
        .filter(seen -> seen.record().equals("_25._tcp.mx.contoso.test TLSA"))
        .map(SeenRecord::value)
        .findFirst()
        .orElseThrow();
  }

  @Test
  void rejectWithoutAWorkingSelectorFiresFreezesAndResolves() {
    watch.add(domain(NAME), Optional.empty());
    turns(3);
    var key = texts.remove(SELECTOR);
    turns(4);
    assertThat(firing()).contains("dkim.selector-missing", "dmarc.reject-spf-only");

    silent.put(SELECTOR, "");
    turns(3);
    assertThat(firing()).contains("dkim.selector-missing", "dmarc.reject-spf-only");

    silent.clear();
    texts.put(SELECTOR, key);
    turns(4);
    assertThat(firing()).doesNotContain("dkim.selector-missing", "dmarc.reject-spf-only");
  }
}
