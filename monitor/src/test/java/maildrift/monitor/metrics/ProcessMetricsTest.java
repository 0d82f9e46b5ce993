package maildrift.monitor.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProcessMetricsTest {
  @TempDir Path folder;

  private String scrape(ProcessMetrics metrics) {
    var registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    metrics.bindTo(registry);
    return registry.scrape();
  }

  @Test
  void a_process_is_told_of_as_by_prometheus_own_libraries() throws Exception {
    var status =
        Files.writeString(folder.resolve("status"), "VmSize:\t  2048 kB\nVmRSS:\t  3 kB\n");

    assertThat(scrape(new ProcessMetrics(status)))
        .contains("\nprocess_resident_memory_bytes 3072.0\n")
        .contains("\nprocess_virtual_memory_bytes 2097152.0\n")
        .contains("# TYPE process_cpu_seconds_total counter\n")
        .containsPattern("\nprocess_open_fds [1-9]")
        .containsPattern("\nprocess_max_fds [1-9]");
  }

  @Test
  void what_the_system_does_not_tell_is_no_number() throws Exception {
    var status = Files.writeString(folder.resolve("status"), "VmRSS:\n");

    assertThat(scrape(new ProcessMetrics(status)))
        .contains("\nprocess_resident_memory_bytes NaN\n")
        .contains("\nprocess_virtual_memory_bytes NaN\n");
    assertThat(scrape(new ProcessMetrics(folder.resolve("absent"))))
        .contains("\nprocess_resident_memory_bytes NaN\n");
  }
}
