package maildrift.probes.dns;

import com.google.common.base.CharMatcher;
import com.google.common.base.Splitter;
import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.LongAdder;

/**
 * How fast we ask: keeps a number of questions under way at one server, with full answers made of
 * what comes back, and compares with dnsperf where it is installed.
 */
public final class DnsBench {
  private static final Duration TIMEOUT = Duration.ofSeconds(5);
  private static final int UNLIMITED = 1_000_000;
  private static final long ANSWER_LIMIT_SECONDS = 60;

  private DnsBench() {}

  /**
   * One run.
   *
   * @param questions asked
   * @param answered found, no data or no such name
   * @param lost no answer within the time, repeats included
   * @param failed unanswered for another reason, e.g. SERVFAIL
   * @param repeated messages sent again because no answer had come, or over TCP
   * @param seconds from the first question to the last answer
   * @param cpuMicros process CPU time a question, in microseconds
   * @param p50 half of the answers came within this
   * @param p99 99 of 100 came within this
   */
  public record Result(
      long questions,
      long answered,
      long lost,
      long failed,
      long repeated,
      double seconds,
      double cpuMicros,
      Duration p50,
      Duration p99) {

    public double questionsPerSecond() {
      return questions / seconds;
    }

    public String text() {
      return String.format(
          Locale.ROOT,
          "%d questions in %.2f s: %.0f a second, %d lost, %d failed, %d repeated, %.1f µs CPU a question, p50 %.2f ms, p99 %.2f ms",
          questions,
          seconds,
          questionsPerSecond(),
          lost,
          failed,
          repeated,
          cpuMicros,
          p50.toNanos() / 1e6,
          p99.toNanos() / 1e6);
    }
  }

  /**
   * Several runs of ours with one of dnsperf before and after each.
   *
   * @param ours in their order
   * @param dnsperf queries a second, one more than ours; empty when dnsperf is not installed
   */
  public record Comparison(List<Result> ours, List<Double> dnsperf) {
    public Comparison {
      ours = List.copyOf(ours);
      dnsperf = List.copyOf(dnsperf);
    }

    /** Our mean rate as a part of dnsperf's. */
    public Optional<Double> ratio() {
      if (dnsperf.isEmpty()) {
        return Optional.empty();
      }
      var mine = ours.stream().mapToDouble(Result::questionsPerSecond).average().orElse(0);
      var theirs = dnsperf.stream().mapToDouble(Double::doubleValue).average().orElse(0);
      return theirs == 0 ? Optional.empty() : Optional.of(mine / theirs);
    }
  }

  /**
   * Reads dnsperf's format: {@code NAME TYPE} a line; blank lines and lines with {@code ;} or
   * {@code #} are skipped.
   *
   * @throws IOException if it cannot be read, or a line is not a question (with its number)
   */
  public static List<Question> read(Path file) throws IOException {
    var questions = new ArrayList<Question>();
    var number = 0;
    for (var line : Files.readAllLines(file, StandardCharsets.ISO_8859_1)) {
      number += 1;
      var text = line.strip();
      if (text.isEmpty() || text.startsWith(";") || text.startsWith("#")) {
        continue;
      }
      var words = Splitter.on(CharMatcher.whitespace()).omitEmptyStrings().splitToList(text);
      try {
        questions.add(
            new Question(
                DnsName.of(words.getFirst()),
                RecordType.valueOf(
                    words.size() < 2 ? "A" : words.get(1).toUpperCase(Locale.ROOT))));
      } catch (IllegalArgumentException wrong) {
        throw new IOException(
            "%s:%d: not NAME TYPE: %s (%s)".formatted(file, number, text, wrong.getMessage()),
            wrong);
      }
    }
    if (questions.isEmpty()) {
      throw new IOException(file + ": no questions");
    }
    return questions;
  }

  /**
   * Asks {@code count} questions, the list from its start as often as needed.
   *
   * @param inFlight under way at any time
   * @throws InterruptedException if interrupted
   */
  public static Result run(DnsServer server, List<Question> questions, int inFlight, long count)
      throws InterruptedException {
    var stats = new DnsStats();
    try (var transport = new Transport(stats, new TcpClient(stats))) {
      var resolvers =
          new Resolvers(
              transport,
              List.of(new Upstream(server, DnsSettings.DEFAULT_SOCKETS, UNLIMITED)),
              TIMEOUT);
      return new Run(resolvers, stats, questions, count).run(inFlight);
    }
  }

  /**
   * Runs of ours, interleaved with runs of dnsperf (one client thread) where it is installed. The
   * first run of ours only warms the machine up and is left out.
   *
   * @throws IOException if the file or dnsperf cannot be read
   * @throws InterruptedException if interrupted
   */
  public static Comparison compare(DnsServer server, Path file, int inFlight, int rounds)
      throws IOException, InterruptedException {
    var questions = read(file);
    var count = Math.max(questions.size(), 400_000L);
    var _ = run(server, questions, inFlight, count);
    var ours = new ArrayList<Result>();
    var dnsperf = new ArrayList<Double>();
    dnsperf(server, file, inFlight).ifPresent(dnsperf::add);
    for (var i = 0; i < rounds; i++) {
      ours.add(run(server, questions, inFlight, count));
      if (!dnsperf.isEmpty()) {
        dnsperf(server, file, inFlight).ifPresent(dnsperf::add);
      }
    }
    return new Comparison(ours, dnsperf);
  }

  /**
   * Queries a second that dnsperf reaches with one client in three seconds; empty when it is not
   * installed.
   *
   * @throws IOException if its output has no rate
   * @throws InterruptedException if interrupted
   */
  public static Optional<Double> dnsperf(DnsServer server, Path file, int inFlight)
      throws IOException, InterruptedException {
    Process process;
    try {
      process =
          new ProcessBuilder(
                  "dnsperf",
                  "-s",
                  server.address().getHostAddress(),
                  "-p",
                  Integer.toString(server.port()),
                  "-d",
                  file.toString(),
                  "-l",
                  "3",
                  "-c",
                  "1",
                  "-q",
                  Integer.toString(inFlight),
                  "-b",
                  "4096")
              .redirectErrorStream(true)
              .start();
    } catch (IOException _) {
      return Optional.empty();
    }
    String output;
    try (var in = process.getInputStream()) {
      output = new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
    if (!process.waitFor(30, TimeUnit.SECONDS)) {
      process.destroyForcibly();
    }
    for (var line : output.lines().toList()) {
      var text = line.strip();
      if (text.startsWith("Queries per second:")) {
        return Optional.of(Double.parseDouble(text.substring(text.indexOf(':') + 1).strip()));
      }
    }
    throw new IOException("dnsperf did not tell its rate: " + output.strip());
  }

  /** Each answer sends the next question. */
  private static final class Run {
    private final Resolvers resolvers;
    private final DnsStats stats;
    private final List<Question> questions;
    private final long count;
    private final AtomicLong next = new AtomicLong();
    private final AtomicLong done = new AtomicLong();
    private final LongAdder answered = new LongAdder();
    private final LongAdder lost = new LongAdder();
    private final LongAdder failed = new LongAdder();
    private final AtomicLongArray latencies = new AtomicLongArray(64 * 16);
    private final CountDownLatch end = new CountDownLatch(1);

    Run(Resolvers resolvers, DnsStats stats, List<Question> questions, long count) {
      this.resolvers = resolvers;
      this.stats = stats;
      this.questions = questions;
      this.count = count;
    }

    Result run(int inFlight) throws InterruptedException {
      var cpu = cpuNanos();
      var start = System.nanoTime();
      for (var i = 0; i < inFlight; i++) {
        ask();
      }
      // If it does not end, what is missing counts as lost.
      var _ = end.await(ANSWER_LIMIT_SECONDS + count / 1000, TimeUnit.SECONDS);
      var seconds = (System.nanoTime() - start) / 1e9;
      var spent = cpuNanos() - cpu;
      return new Result(
          count,
          answered.sum(),
          count - answered.sum() - failed.sum(),
          failed.sum(),
          stats.queries() - count,
          seconds,
          spent / 1e3 / count,
          percentile(0.50),
          percentile(0.99));
    }

    private void ask() {
      var number = next.getAndIncrement();
      if (number >= count) {
        return;
      }
      var question = questions.get((int) (number % questions.size()));
      var asked = System.nanoTime();
      resolvers.ask(question, asked + TIMEOUT.toNanos(), answer -> heard(asked, answer));
    }

    private void heard(long asked, Answer answer) {
      if (answer instanceof Answer.Unanswered unanswered) {
        (unanswered.failure() == Answer.Failure.TIMEOUT ? lost : failed).increment();
      } else {
        answered.increment();
        latencies.incrementAndGet(bucket(System.nanoTime() - asked));
      }
      if (done.incrementAndGet() == count) {
        end.countDown();
      } else {
        ask();
      }
    }

    /** Sixteen buckets for each power of two: within 6 % of the truth. */
    private static int bucket(long nanos) {
      var value = Math.max(16, nanos);
      var exponent = 63 - Long.numberOfLeadingZeros(value);
      return exponent * 16 + (int) (value >> (exponent - 4) & 15);
    }

    private Duration percentile(double part) {
      var total = answered.sum();
      var seen = 0L;
      for (var i = 0; i < latencies.length(); i++) {
        seen += latencies.get(i);
        if (seen >= total * part && seen > 0) {
          return Duration.ofNanos((16L + i % 16) << (i / 16 - 4));
        }
      }
      return Duration.ZERO;
    }

    private static long cpuNanos() {
      return ManagementFactory.getOperatingSystemMXBean() instanceof OperatingSystemMXBean bean
          ? bean.getProcessCpuTime()
          : 0;
    }
  }
}
