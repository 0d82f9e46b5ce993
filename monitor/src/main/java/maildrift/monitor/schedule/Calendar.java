package maildrift.monitor.schedule;

import java.time.Duration;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import maildrift.alerts.outbox.Trouble;
import org.quartz.CronScheduleBuilder;
import org.quartz.Job;
import org.quartz.JobBuilder;
import org.quartz.JobExecutionContext;
import org.quartz.JobKey;
import org.quartz.Scheduler;
import org.quartz.SchedulerException;
import org.quartz.TriggerBuilder;
import org.quartz.impl.StdSchedulerFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Calendar work: few jobs, at times of the day or every so often. For times of the day Quartz says
 * when and only submits. The work runs on virtual threads. A job that is still running when it is
 * due again is left out that time.
 */
public final class Calendar implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Calendar.class);
  private static final String WORK = "work";

  /** Between two rounds of work that takes longer than its interval. */
  private static final long PAUSE_MILLIS = 100;

  private final Scheduler quartz;
  private final ConcurrentHashMap<String, Boolean> running = new ConcurrentHashMap<>();
  private final ConcurrentHashMap<String, Round> rounds = new ConcurrentHashMap<>();

  /** Hands the work over to a virtual thread. */
  public static final class Submit implements Job {
    @Override
    public void execute(JobExecutionContext context) {
      if (context.getMergedJobDataMap().get(WORK) instanceof Runnable work) {
        work.run();
      }
    }
  }

  public Calendar() {
    var settings = new Properties();
    settings.setProperty(
        "org.quartz.scheduler.instanceName",
        "maildrift-" + Integer.toHexString(System.identityHashCode(this)));
    settings.setProperty("org.quartz.scheduler.makeSchedulerThreadDaemon", "true");
    settings.setProperty("org.quartz.threadPool.threadCount", "2");
    settings.setProperty("org.quartz.threadPool.makeThreadsDaemons", "true");
    settings.setProperty("org.quartz.jobStore.class", "org.quartz.simpl.RAMJobStore");
    settings.setProperty("org.quartz.scheduler.skipUpdateCheck", "true");
    try {
      quartz = new StdSchedulerFactory(settings).getScheduler();
      quartz.start();
    } catch (SchedulerException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  /**
   * Runs {@code work} now and then every {@code interval}, in place of what had that name. By a
   * clock that nobody sets: Quartz, which goes by the time of day, would do nothing for an hour
   * after that was set back by one.
   */
  public void every(String name, Duration interval, Runnable work) {
    remove(name);
    rounds.put(name, new Round(name, interval, work));
  }

  /** Ends between two rounds and not within one: an interrupt closes files under H2. */
  private static final class Round {
    private final CountDownLatch ended = new CountDownLatch(1);
    private final Trouble trouble = new Trouble();

    Round(String name, Duration interval, Runnable work) {
      Thread.ofVirtual().name("calendar " + name).start(() -> go(name, interval, work));
    }

    private void go(String name, Duration interval, Runnable work) {
      try {
        while (ended.getCount() > 0) {
          var begun = System.nanoTime();
          run(name, work, trouble);
          // At the pace that was asked for, but nothing is made up for.
          var left = interval.minusNanos(System.nanoTime() - begun);
          if (ended.await(Math.max(left.toMillis(), PAUSE_MILLIS), TimeUnit.MILLISECONDS)) {
            return;
          }
        }
      } catch (InterruptedException _) {
        Thread.currentThread().interrupt();
      }
    }

    void end() {
      ended.countDown();
    }
  }

  /**
   * Runs {@code work} once a day at that time of the machine's zone; a missed one is made up for
   * once.
   */
  public void daily(String name, int hour, int minute, Runnable work) {
    schedule(
        name,
        work,
        TriggerBuilder.newTrigger()
            .withSchedule(
                CronScheduleBuilder.dailyAtHourAndMinute(hour, minute)
                    .withMisfireHandlingInstructionFireAndProceed()));
  }

  private void schedule(
      String name, Runnable work, TriggerBuilder<? extends org.quartz.Trigger> trigger) {
    remove(name);
    var job = JobBuilder.newJob(Submit.class).withIdentity(name).build();
    Runnable submit = () -> submit(name, work);
    job.getJobDataMap().put(WORK, submit);
    try {
      quartz.scheduleJob(job, trigger.withIdentity(name).build());
    } catch (SchedulerException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  private void submit(String name, Runnable work) {
    if (running.putIfAbsent(name, true) != null) {
      return;
    }
    Thread.ofVirtual()
        .name("calendar " + name)
        .start(
            () -> {
              try {
                // Seldom enough that each failure is worth a line.
                run(name, work, new Trouble());
              } finally {
                running.remove(name);
              }
            });
  }

  private static void run(String name, Runnable work, Trouble trouble) {
    try {
      work.run();
      if (trouble.end()) {
        LOG.info("the job {} works again", name);
      }
    } catch (RuntimeException | Error failure) {
      if (trouble.isNew(failure)) {
        LOG.error("the job {} failed", name, failure);
      }
    }
  }

  /** Takes a job out; nothing happens where there is none. */
  public void remove(String name) {
    Optional.ofNullable(rounds.remove(name)).ifPresent(Round::end);
    try {
      quartz.deleteJob(JobKey.jobKey(name));
    } catch (SchedulerException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  @Override
  public void close() {
    rounds.values().forEach(Round::end);
    try {
      quartz.shutdown(false);
    } catch (SchedulerException failure) {
      LOG.warn("Quartz did not shut down cleanly", failure);
    }
  }
}
