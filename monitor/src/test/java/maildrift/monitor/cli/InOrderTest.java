package maildrift.monitor.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Semaphore;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class InOrderTest {
  private static InOrder.Source<Integer> numbers(int most) {
    var next = new AtomicInteger();
    return () -> {
      var number = next.getAndIncrement();
      return number < most ? Optional.of(number) : Optional.empty();
    };
  }

  private static final class Taken implements InOrder.Sink<Integer> {
    final List<Integer> all = new ArrayList<>();

    @Override
    public boolean take(Integer result) {
      all.add(result);
      return true;
    }

    @Override
    public void idle() {}
  }

  @Test
  void resultsComeInTheOrderOfTheInputAlthoughTheFirstIsTheSlowest() {
    var others = new CountDownLatch(99);
    var taken = new Taken();

    InOrder.run(
        numbers(100),
        8,
        number -> {
          if (number == 0) {
            await(others);
          } else {
            others.countDown();
          }
          return number;
        },
        taken);

    assertThat(taken.all).isEqualTo(IntStream.range(0, 100).boxed().toList());
  }

  private static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException interrupted) {
      throw new IllegalStateException(interrupted);
    }
  }

  @Test
  void asManyAsAskedForAreWorkedOnAtOnceAndNoMore() {
    var permits = new Semaphore(4);
    var four = new CyclicBarrier(4);
    var taken = new Taken();

    InOrder.run(
        numbers(2_000),
        4,
        number -> {
          assertThat(permits.tryAcquire()).isTrue();
          try {
            four.await(30, TimeUnit.SECONDS);
          } catch (InterruptedException | BrokenBarrierException | TimeoutException alone) {
            throw new IllegalStateException(alone);
          }
          permits.release();
          return number;
        },
        taken);

    assertThat(taken.all).hasSize(2_000);
  }

  @Test
  void aResultIsHandedOutWhileTheInputIsStillOpen() {
    var answered = new SynchronousQueue<Integer>();
    var first = numbers(2);
    InOrder.Source<Integer> patient =
        () -> {
          var next = first.next();
          if (next.isPresent() && next.get() == 1) {
            // Whoever writes the input waits for the answer before the next line.
            try {
              assertThat(answered.poll(30, TimeUnit.SECONDS)).isZero();
            } catch (InterruptedException interrupted) {
              throw new IllegalStateException(interrupted);
            }
          }
          return next;
        };
    var taken = new ArrayList<Integer>();

    InOrder.run(
        patient,
        2,
        number -> number,
        new InOrder.Sink<Integer>() {
          @Override
          public boolean take(Integer result) {
            taken.add(result);
            if (result == 0) {
              try {
                assertThat(answered.offer(result, 30, TimeUnit.SECONDS)).isTrue();
              } catch (InterruptedException interrupted) {
                throw new IllegalStateException(interrupted);
              }
            }
            return true;
          }

          @Override
          public void idle() {}
        });

    assertThat(taken).containsExactly(0, 1);
  }

  @Test
  void anEndlessInputEndsWhenNobodyWantsMore() {
    var taken = new ArrayList<Integer>();

    InOrder.run(
        numbers(Integer.MAX_VALUE),
        2,
        number -> number,
        new InOrder.Sink<Integer>() {
          @Override
          public boolean take(Integer result) {
            taken.add(result);
            return taken.size() < 3;
          }

          @Override
          public void idle() {}
        });

    assertThat(taken).containsExactly(0, 1, 2);
  }

  @Test
  void anInputThatBreaksIsSaidAfterWhatCameBefore() {
    var numbers = numbers(1);
    var taken = new Taken();

    assertThatThrownBy(
            () ->
                InOrder.run(
                    () -> {
                      var next = numbers.next();
                      if (next.isEmpty()) {
                        throw new IOException("gone");
                      }
                      return next;
                    },
                    2,
                    number -> number,
                    taken))
        .isInstanceOf(UncheckedIOException.class)
        .hasRootCauseMessage("gone");
    assertThat(taken.all).containsExactly(0);
  }
}
