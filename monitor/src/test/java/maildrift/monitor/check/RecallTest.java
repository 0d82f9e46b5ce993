package maildrift.monitor.check;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import maildrift.probes.Context;
import maildrift.probes.Deadline;
import maildrift.probes.Finding;
import maildrift.probes.Gap;
import maildrift.probes.Judgement;
import maildrift.probes.Network;
import maildrift.probes.Outcome;
import maildrift.probes.Probe;
import maildrift.probes.Rule;
import maildrift.probes.dns.Answer;
import maildrift.probes.dns.Dns;
import maildrift.probes.dns.DnsName;
import maildrift.probes.dns.Question;
import maildrift.probes.dns.Rdata;
import maildrift.probes.dns.RecordType;
import maildrift.probes.domain.ManagedDomain;
import maildrift.probes.https.Https;
import maildrift.probes.https.HttpsLook;
import maildrift.probes.smtp.Smtp;
import org.junit.jupiter.api.Test;

final class RecallTest {
  private static final Answer SILENCE =
      new Answer.Unanswered(Answer.Failure.TIMEOUT, "no answer", "");

  private final AtomicInteger judged = new AtomicInteger();
  private final AtomicInteger observed = new AtomicInteger();
  private final List<List<Question>> rounds = new ArrayList<>();
  private final ManagedDomain domain = ManagedDomain.undeclared(DnsName.of("contoso.test"));
  private Answer answer = found(300, "v=spf1 -all");
  private Recall recall = Recall.NOTHING;
  private Https https = Https.NONE;

  private static Answer found(int ttl, String... texts) {
    var records = new ArrayList<Rdata>();
    for (var text : texts) {
      records.add(Rdata.Txt.of(text));
    }
    return new Answer.Found(records, List.of(), Duration.ofSeconds(ttl), "127.0.0.1:53", false);
  }

  /** Counts its judgements; a time-out is a gap. */
  private class Counting implements Probe<Answer> {
    @Override
    public String name() {
      return "counting";
    }

    @Override
    public List<Rule> rules() {
      return List.of();
    }

    @Override
    public Answer observe(ManagedDomain asked, Network network) {
      observed.incrementAndGet();
      return network.dns().ask(asked.name(), RecordType.TXT);
    }

    @Override
    public Judgement judge(ManagedDomain asked, Answer seen, Context context) {
      judged.incrementAndGet();
      var judgement = new Judgement.Builder().fact("ttl", "any").record("TXT", seen.toString());
      if (seen instanceof Answer.Unanswered) {
        judgement.add(Gap.of(name(), "TXT", "no answer", "counting."));
      }
      return judgement.build(Outcome.OBSERVED);
    }

    @Override
    public boolean judgesWhatIsSeenAlone(ManagedDomain domain) {
      return true;
    }
  }

  private ProbeResult look(Probe<?> probe, ManagedDomain subject) {
    return look(probe, subject, Look.REGULAR);
  }

  private ProbeResult look(Probe<?> probe, ManagedDomain subject, Look look) {
    var runner =
        new CheckRunner(
            List.of(probe), (_, deadline) -> door(deadline), (_, _) -> {}, Clock.systemUTC());
    var result =
        runner
            .check(subject, look, _ -> true, Context.at(Instant.EPOCH), recall)
            .probes()
            .getFirst();
    recall = recall.with(subject, List.of(result));
    return result;
  }

  private Doors.Door door(Deadline deadline) {
    return new Doors.Door() {
      @Override
      public List<Contradiction> contradictions() {
        return List.of();
      }

      @Override
      public Dns dns() {
        return questions -> {
          rounds.add(questions);
          return questions.stream().map(_ -> answer).toList();
        };
      }

      @Override
      public Smtp smtp() {
        return _ -> List.of();
      }

      @Override
      public Https https() {
        return https;
      }

      @Override
      public Deadline deadline() {
        return deadline;
      }
    };
  }

  @Test
  void whatDnsSaysAgainIsNotJudgedAgain() {
    var probe = new Counting();
    var first = look(probe, domain);
    answer = found(17, "v=spf1 -all");

    var second = look(probe, domain);

    assertThat(judged).hasValue(1);
    assertThat(second.isRecalled()).isTrue();
    assertThat(second.judgement().records()).isEqualTo(first.judgement().records());
  }

  @Test
  void whatDnsSaysAnewIsJudgedAnewAndSoIsTheWayBack() {
    var probe = new Counting();
    look(probe, domain);
    for (var other :
        List.of(
            found(300, "v=spf1 ~all"),
            found(300, "v=spf1 ", "-all"),
            new Answer.NoData(List.of(), Duration.ZERO, "", false),
            new Answer.NoSuchName(List.of(), Duration.ZERO, "", false),
            found(300, "v=spf1 -all"))) {
      answer = other;
      assertThat(look(probe, domain).isRecalled()).isFalse();
    }
    assertThat(judged).hasValue(6);
  }

  @Test
  void aGapIsNeitherRecalledNorDoesItLeaveAnything() {
    var probe = new Counting();
    look(probe, domain);
    answer = SILENCE;
    look(probe, domain);
    look(probe, domain);
    answer = found(300, "v=spf1 -all");
    look(probe, domain);

    assertThat(judged).hasValue(4);
  }

  @Test
  void anotherDeclarationIsJudgedAnew() {
    var probe = new Counting();
    look(probe, domain);
    look(probe, domain.dmarcPolicy("reject"));
    look(probe, domain);

    assertThat(judged).hasValue(3);
  }

  @Test
  void aProbeThatLooksAtMoreThanAnswersIsJudgedInEveryLook() {
    var timely =
        new Counting() {
          @Override
          public boolean judgesWhatIsSeenAlone(ManagedDomain domain) {
            return false;
          }
        };
    var speaking =
        new Counting() {
          @Override
          public Answer observe(ManagedDomain asked, Network network) {
            assertThat(network.smtp().look(List.of())).isEmpty();
            return super.observe(asked, network);
          }
        };
    for (var probe : List.of(timely, speaking)) {
      look(probe, domain);
      look(probe, domain);
    }

    assertThat(judged).hasValue(4);
  }

  @Test
  void whomNobodyContactsBecauseOfWhatDnsSaysIsNoReasonToLookAgain() {
    var reading =
        new Counting() {
          @Override
          public Answer observe(ManagedDomain asked, Network network) {
            network.https().get(new Https.Target(asked.name(), List.of(), "/", ""));
            return super.observe(asked, network);
          }
        };
    https = _ -> new HttpsLook.Refused("10.0.0.1 is no public address");
    look(reading, domain);
    assertThat(look(reading, domain).isRecalled()).isTrue();

    https = _ -> new HttpsLook.Unobservable("no route");
    look(reading, domain.dmarcPolicy("reject"));
    assertThat(look(reading, domain.dmarcPolicy("reject")).isRecalled()).isFalse();
  }

  @Test
  void whatIsHiddenAsideStaysHiddenWhereNothingElseIsSaid() {
    var probe =
        new Counting() {
          @Override
          public Judgement judge(ManagedDomain asked, Answer seen, Context context) {
            super.judge(asked, seen, context);
            return new Judgement.Builder()
                .aside(Gap.of(name(), "TXT", "no answer", "counting.aside"))
                .build(Outcome.OBSERVED);
          }
        };
    look(probe, domain);

    var again = look(probe, domain);
    assertThat(again.isRecalled()).isTrue();
    assertThat(again.judgement().hides(new Finding.Key("counting.aside", "contoso.test"))).isTrue();
  }

  @Test
  void whatASiblingAddsIsAddedOnceHoweverOftenARecordIsRecalled() {
    var rule = Rule.info("counting.sibling", "the sibling ran");
    var probe =
        new Counting() {
          @Override
          public Set<String> siblings() {
            return Set.of("counting");
          }

          @Override
          public Judgement among(
              ManagedDomain asked, Judgement own, Map<String, Judgement> siblings) {
            return own.plus(Finding.of(rule, siblings.keySet().toString(), "it ran"));
          }
        };
    for (var i = 0; i < 3; i++) {
      assertThat(look(probe, domain).judgement().findings())
          .extracting(Finding::subject)
          .containsExactly("[counting]");
    }

    assertThat(judged).hasValue(1);
  }

  /** Asks as many questions one by one as it is told to. */
  private final class Chain extends Counting {
    private final int questions;

    Chain(int questions) {
      this.questions = questions;
    }

    @Override
    public Answer observe(ManagedDomain asked, Network network) {
      for (var i = 0; i < questions; i++) {
        network.dns().ask(asked.name().child("n" + i % 60), RecordType.A);
      }
      return super.observe(asked, network);
    }
  }

  @Test
  void whatWasAskedOneByOneIsAskedInOneRoundAndTheProbeDoesNotRun() {
    var chain = new Chain(20);
    var first = look(chain, domain);
    rounds.clear();

    var second = look(chain, domain);

    assertThat(first.asked()).hasSize(21);
    assertThat(second.isRecalled()).isTrue();
    assertThat(observed).hasValue(1);
    assertThat(rounds).hasSize(1);
    assertThat(rounds.getFirst()).hasSize(21);
  }

  @Test
  void theSameQuestionAskedTwiceCountsTwiceInTheMarkAndIsAskedOnce() {
    var twice =
        new Counting() {
          @Override
          public Answer observe(ManagedDomain asked, Network network) {
            super.observe(asked, network);
            return super.observe(asked, network);
          }
        };
    look(twice, domain);
    rounds.clear();

    assertThat(look(twice, domain).isRecalled()).isTrue();
    assertThat(rounds).containsExactly(List.of(new Question(domain.name(), RecordType.TXT)));
  }

  @Test
  void aProbeRunsWhenAnAnswerIsAnother() {
    var chain = new Chain(3);
    look(chain, domain);
    answer = found(300, "v=spf1 ~all");

    assertThat(look(chain, domain).isRecalled()).isFalse();
    assertThat(observed).hasValue(2);
  }

  @Test
  void aProbeThatAsksTooMuchToRememberRuns() {
    var chain = new Chain(64);
    look(chain, domain);

    assertThat(look(chain, domain).isRecalled()).isTrue();
    assertThat(observed).hasValue(2);
    assertThat(judged).hasValue(1);
  }

  @Test
  void aSecondOpinionIsFormedAnew() {
    var chain = new Chain(3);
    look(chain, domain);

    look(chain, domain, Look.SECOND_OPINION);

    assertThat(observed).hasValue(2);
  }

  @Test
  void aProbeThatAsksNothingIsRecalledToo() {
    var silent =
        new Counting() {
          @Override
          public Answer observe(ManagedDomain asked, Network network) {
            observed.incrementAndGet();
            return answer;
          }
        };
    look(silent, domain);

    assertThat(look(silent, domain).isRecalled()).isTrue();
    assertThat(observed).hasValue(1);
    assertThat(rounds).isEmpty();
  }
}
