package maildrift.probes.dns;

import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import maildrift.probes.Deadline;
import org.jspecify.annotations.Nullable;

/** Blocking questions over an asynchronous source: all at once, one wait, one wake-up. */
final class Asker implements Dns {
  private final Source source;
  private final Deadline deadline;

  /** Something that answers later. */
  interface Source {
    /** An answer that is there already, else null; never waits. */
    @Nullable Answer get(Question question);

    void ask(Question question, Deadline deadline, Consumer<Answer> heard);
  }

  Asker(Source source, Deadline deadline) {
    this.source = source;
    this.deadline = deadline;
  }

  @Override
  public List<Answer> ask(List<Question> questions) {
    var answers = new @Nullable Answer[questions.size()];
    var missing = 0;
    for (var i = 0; i < answers.length; i++) {
      answers[i] = source.get(questions.get(i));
      if (answers[i] == null) {
        missing += 1;
      }
    }
    if (missing == 0) {
      return listOf(answers);
    }
    var round = new Round(answers.length, missing);
    for (var i = 0; i < answers.length; i++) {
      if (answers[i] == null) {
        var index = i;
        source.ask(questions.get(i), deadline, answer -> round.heard(index, answer));
      }
    }
    var complete = round.await(deadline);
    for (var i = 0; i < answers.length; i++) {
      if (answers[i] == null) {
        answers[i] = round.answer(i, complete);
      }
    }
    return listOf(answers);
  }

  @SuppressWarnings("NullAway") // every element has been filled in
  private static List<Answer> listOf(@Nullable Answer[] answers) {
    return List.of(answers);
  }

  /** Some answers under way, and the thread that waits for all of them. */
  private static final class Round {
    private final @Nullable Answer[] answers;
    private final AtomicInteger left;
    private final Thread waiter = Thread.currentThread();

    Round(int size, int missing) {
      answers = new @Nullable Answer[size];
      left = new AtomicInteger(missing);
    }

    void heard(int index, Answer answer) {
      answers[index] = answer;
      // The count publishes the answer; only the last one wakes the waiter.
      if (left.decrementAndGet() == 0) {
        LockSupport.unpark(waiter);
      }
    }

    /** False: the time was up, or the thread was interrupted, before all had come. */
    boolean await(Deadline deadline) {
      while (left.get() > 0) {
        var nanos = deadline.nanoTime() - System.nanoTime();
        if (nanos <= 0 || Thread.currentThread().isInterrupted()) {
          return left.get() <= 0;
        }
        LockSupport.parkNanos(this, nanos);
      }
      return true;
    }

    Answer answer(int index, boolean complete) {
      // Without the count, a plain read may miss the very latest answer; then it came too late.
      var answer = answers[index];
      if (answer != null) {
        return answer;
      }
      if (complete) {
        throw new IllegalStateException("counted, but not there: " + Arrays.toString(answers));
      }
      return new Answer.Unanswered(
          Answer.Failure.TIMEOUT, "no answer before the deadline of this look", "");
    }
  }
}
