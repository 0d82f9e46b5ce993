package maildrift.monitor.reliability;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import maildrift.alerts.Notification;
import maildrift.alerts.notify.http.LoopbackHttp;
import maildrift.probes.dns.server.NameServer;

/** Mail domains d0.test, d1.test …, their name server, and the on-call's end, for one daemon. */
final class SmallWorld implements AutoCloseable {
  final NameServer names = NameServer.start().negativeTtl(Duration.ZERO);
  final LoopbackHttp hook;
  final Path folder;
  final Path config;
  private final int domains;

  /** A notification as it arrived: of one group, so of one domain. */
  record Told(String receiver, String id, String domain, boolean firing) {}

  SmallWorld(Path folder, int domains) throws IOException {
    this(folder, domains, List.of("hook"), _ -> LoopbackHttp.Answer.status(204));
  }

  /** Each receiver gets everything, at a path of its name. */
  SmallWorld(
      Path folder,
      int domains,
      List<String> receivers,
      Function<LoopbackHttp.Got, LoopbackHttp.Answer> answers)
      throws IOException {
    this.folder = folder;
    this.domains = domains;
    hook = new LoopbackHttp(answers);
    for (var i = 0; i < domains; i++) {
      names.add(
          domain(i) + " 0 MX 10 mx1." + domain(i),
          "mx1." + domain(i) + " 0 A 198.51.100.10",
          "mx2." + domain(i) + " 0 A 198.51.100.11");
    }
    config = folder.resolve("maildrift.yml");
    write(receivers);
  }

  private void write(List<String> receivers) throws IOException {
    Files.writeString(
        config,
        """
        dns: {resolvers: ["%s"], timeout: 5s}
        smtp: {allow_private: true}
        feeds: {m365-endpoints: {enabled: false}}
        http: {listen: "127.0.0.1:0"}
        schedule: {interval: 1s, confirm_after: 500ms, confirmations: 1}
        store: {url: "jdbc:h2:file:./store"}
        alerts:
          group_wait: 0s
          group_interval: 1s
          receivers:
        %s
          routes: [{match: {}, receivers: [%s]}]
        domains:
        %s
        """
            .formatted(
                names.hostAndPort(),
                receivers.stream()
                    .map(
                        name ->
                            "    %s: {webhook: {url: \"%s\"}}"
                                .formatted(name, hook.uri("/" + name)))
                    .collect(Collectors.joining("\n")),
                String.join(", ", receivers),
                IntStream.range(0, domains)
                    .mapToObj(i -> "  - {name: %s}".formatted(domain(i)))
                    .collect(Collectors.joining("\n"))));
  }

  static String domain(int number) {
    return "d%d.test".formatted(number);
  }

  void drift(int number) {
    names.set(domain(number) + " 0 MX 20 mx2." + domain(number));
  }

  void restore(int number) {
    names.set(domain(number) + " 0 MX 10 mx1." + domain(number));
  }

  DaemonProcess start() {
    return start(DaemonProcess.Terms.USUAL);
  }

  DaemonProcess start(DaemonProcess.Terms terms) {
    return DaemonProcess.start(folder, config, terms);
  }

  /** In the order of arrival, those that came several times included. */
  List<Told> told() {
    var told = new ArrayList<Told>();
    for (var got : hook.got()) {
      for (var item : Notification.parse(got.body()).items()) {
        told.add(
            new Told(
                got.target().substring(1),
                got.header("webhook-id"),
                item.labels().get("domain"),
                item.isFiring()));
      }
    }
    return told;
  }

  @Override
  public void close() {
    try {
      hook.close();
      names.close();
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }
}
