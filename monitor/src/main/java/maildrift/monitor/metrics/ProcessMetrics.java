package maildrift.monitor.metrics;

import com.sun.management.UnixOperatingSystemMXBean;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/**
 * What Prometheus' own client libraries say of a process, by the names that dashboards and rules
 * for all processes go by: Micrometer's are others, and it has no resident memory. Where the
 * operating system does not tell, the value is not a number.
 */
final class ProcessMetrics implements MeterBinder {
  private static final double NANOS = Duration.ofSeconds(1).toNanos();
  private static final int KILO = 1024;

  private final Path status;

  ProcessMetrics() {
    this(Path.of("/proc/self/status"));
  }

  /**
   * @param status what Linux says of a process, proc_pid_status(5)
   */
  ProcessMetrics(Path status) {
    this.status = status;
  }

  @Override
  public void bindTo(MeterRegistry registry) {
    if (ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean system) {
      FunctionCounter.builder("process.cpu", system, bean -> bean.getProcessCpuTime() / NANOS)
          .description("Total user and system CPU time spent in seconds.")
          .baseUnit("seconds")
          .register(registry);
      Gauge.builder(
              "process.open.fds", system, UnixOperatingSystemMXBean::getOpenFileDescriptorCount)
          .description("Number of open file descriptors.")
          .register(registry);
      Gauge.builder("process.max.fds", system, UnixOperatingSystemMXBean::getMaxFileDescriptorCount)
          .description("Maximum number of open file descriptors.")
          .register(registry);
    }
    Gauge.builder("process.resident.memory", () -> bytes("VmRSS:"))
        .description("Resident memory size in bytes.")
        .baseUnit("bytes")
        .register(registry);
    Gauge.builder("process.virtual.memory", () -> bytes("VmSize:"))
        .description("Virtual memory size in bytes.")
        .baseUnit("bytes")
        .register(registry);
  }

  private double bytes(String field) {
    try (var lines = Files.lines(status)) {
      return lines
          .filter(line -> line.startsWith(field))
          .mapToDouble(line -> kilobytes(line.substring(field.length())) * KILO)
          .findFirst()
          .orElse(Double.NaN);
    } catch (IOException | java.io.UncheckedIOException | NumberFormatException untold) {
      return Double.NaN;
    }
  }

  /** The number in {@code " 3072 kB"}. */
  private static double kilobytes(String text) {
    var number = text.strip();
    return Double.parseDouble(
        number.endsWith(" kB") ? number.substring(0, number.length() - 3) : number);
  }
}
