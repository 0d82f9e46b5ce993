package maildrift.probes.smtp;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import maildrift.probes.Deadline;
import maildrift.probes.dns.DnsName;
import maildrift.probes.smtp.server.MailServer;
import maildrift.probes.tls.TestCa;
import org.junit.jupiter.api.Test;

class SharedSmtpTest {
  private final SmtpDoor door =
      new SmtpDoor(
          SmtpSettings.DEFAULT.allowPrivate(true).timeout(Duration.ofSeconds(5)).pace(10, 1000));
  private final SharedSmtp shared = new SharedSmtp(door, Duration.ofMinutes(5));

  private static List<Smtp.Target> target(MailServer server) {
    return List.of(new Smtp.Target(DnsName.of("mx.test"), server.address(), server.port()));
  }

  private static Deadline soon() {
    return Deadline.after(Duration.ofSeconds(20));
  }

  @Test
  void threeHundredDomainsBehindOneHostMakeOneConnection() throws Exception {
    try (var server = FakeSmtp.polite("mx.test", TestCa.root("Root").leaf("mx.test"));
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var looks = new ArrayList<Future<List<SmtpLook>>>();
      for (var i = 0; i < 300; i++) {
        looks.add(threads.submit(() -> shared.within(soon()).look(target(server))));
      }
      for (var look : looks) {
        assertThat(look.get()).isEqualTo(looks.getFirst().get());
      }
      assertThat(server.connections()).isEqualTo(1);
    }
  }

  @Test
  void aThousandConfirmationsWaitForOneTurnTogether() throws Exception {
    var slow =
        new SharedSmtp(
            new SmtpDoor(
                SmtpSettings.DEFAULT.allowPrivate(true).timeout(Duration.ofSeconds(5)).pace(2, 5)),
            Duration.ofMinutes(5));
    try (var server = FakeSmtp.polite("mx.test", TestCa.root("Root").leaf("mx.test"));
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var looks = new ArrayList<Future<List<SmtpLook>>>();
      for (var i = 0; i < 1000; i++) {
        looks.add(threads.submit(() -> slow.fresh(soon()).look(target(server))));
      }
      for (var look : looks) {
        assertThat(look.get().getFirst()).isInstanceOf(SmtpLook.Spoke.class);
      }
      assertThat(server.connections()).isLessThan(60);
    }
  }

  @Test
  void aConfirmationLooksAgainAndServesTheNextOnes() {
    try (var server = FakeSmtp.polite("mx.test", TestCa.root("Root").leaf("mx.test"))) {
      var first = shared.within(soon()).look(target(server));
      var begunBefore = shared.fresh(soon());
      var confirmed = begunBefore.look(target(server));

      assertThat(server.connections()).isEqualTo(2);
      assertThat(confirmed).isNotEqualTo(first);
      assertThat(begunBefore.look(target(server))).isEqualTo(confirmed);
      assertThat(shared.within(soon()).look(target(server))).isEqualTo(confirmed);
      assertThat(server.connections()).isEqualTo(2);
      shared.fresh(soon()).look(target(server));
      assertThat(server.connections()).isEqualTo(3);
    }
  }

  @Test
  void anOldLookIsNotUsed() {
    var forgetful = new SharedSmtp(door, Duration.ofNanos(1));
    try (var server = FakeSmtp.polite("mx.test", TestCa.root("Root").leaf("mx.test"))) {
      forgetful.within(soon()).look(target(server));
      forgetful.within(soon()).look(target(server));

      assertThat(server.connections()).isEqualTo(2);
    }
  }

  @Test
  void afterForgettingItLooksAgain() {
    try (var server = FakeSmtp.polite("mx.test", TestCa.root("Root").leaf("mx.test"))) {
      shared.within(soon()).look(target(server));
      shared.forget();
      shared.within(soon()).look(target(server));

      assertThat(server.connections()).isEqualTo(2);
    }
  }

  @Test
  void aCheckThatMustEndDoesNotSpoilTheLookForOthers() {
    try (var server = FakeSmtp.silent()) {
      var hurried =
          shared
              .within(Deadline.after(Duration.ofMillis(100)))
              .look(List.of(server.target()))
              .getFirst();

      assertThat(hurried)
          .isEqualTo(
              new SmtpLook.Unobservable(server.target(), "no result before the check's deadline"));
      var patient = shared.within(soon()).look(List.of(server.target())).getFirst();
      assertThat(patient)
          .isEqualTo(
              new SmtpLook.Unobservable(
                  server.target(), "no answer in time, waiting for the banner"));
      assertThat(server.connections()).isEqualTo(1);
    }
  }

  @Test
  void aDeadServerIsNotAskedOncePerDomain() {
    try (var server = FakeSmtp.greeting("421 busy")) {
      for (var i = 0; i < 20; i++) {
        shared.within(soon()).look(List.of(server.target()));
      }
      assertThat(server.connections()).isEqualTo(1);
    }
  }
}
