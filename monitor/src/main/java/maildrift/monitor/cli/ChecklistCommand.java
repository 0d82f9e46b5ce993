package maildrift.monitor.cli;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import maildrift.monitor.checklist.Checklist;
import maildrift.monitor.checklist.ChecklistCatalog;
import maildrift.monitor.checklist.Progress;
import maildrift.monitor.checklist.ProgressJson;
import maildrift.monitor.checklist.See;
import maildrift.monitor.checklist.Ticks;
import maildrift.monitor.checklist.Walkthrough;
import maildrift.monitor.config.MonitorConfig;
import maildrift.monitor.config.Words;
import maildrift.monitor.json.CheckJson;
import maildrift.monitor.state.DomainState;
import maildrift.probes.Probe;
import maildrift.probes.ProbeCatalog;
import maildrift.probes.domain.ManagedDomain;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

@Command(
    name = "checklist",
    description = {
      "How far a domain is with a checklist: onboarding at a provider, a migration, set-up of a gateway.",
      "Without a domain: the checklists there are, or one explained. With a domain it looks once, now; what only a"
          + " person can tell is then not known. With --url a running daemon is asked, which keeps what persons tick.",
      "Each step is done (seen, or ticked), open (seen to be wrong, with what to paste), unseen (it could not be looked"
          + " at), person (not visible from here, to be ticked), not-yet (the migration is not that far) or not applicable."
    },
    footer = {
      "",
      "Exit codes: 0 all done or not applicable; 1 something is open; 2 bad usage or configuration; 3 nothing is open, but"
          + " something could not be seen, waits for a person or is not due yet.",
      "",
      "Examples:",
      "  maildrift checklist",
      "  maildrift checklist mail-connect",
      "  maildrift checklist contoso.tld mail-connect --profile mail-connect:variant=pro",
      "  maildrift checklist --tenant contoso mimecast-onboarding --config maildrift.yml --format markdown",
      "  maildrift checklist contoso.tld seppmail-inline --url http://127.0.0.1:8425 --tick custom-command --by Ada"
    })
final class ChecklistCommand implements Callable<Integer> {
  private static final Duration DAEMON = Duration.ofSeconds(60);
  private static final int MOST_DOMAINS = 1_000;

  @Parameters(
      arity = "0..2",
      paramLabel = "[DOMAIN] NAME",
      description = "A domain, and a checklist's name; a name alone explains it.")
  List<String> words = List.of();

  @Option(
      names = "--tenant",
      paramLabel = "TENANT",
      description = "All domains of this tenant of the configuration.")
  @Nullable String tenant;

  @Option(
      names = "--format",
      paramLabel = "text|json|markdown",
      description = "json: one compact object a line and domain (default: text).")
  String format = "text";

  @Option(
      names = "--url",
      paramLabel = "URL",
      description = "Ask the daemon there instead of looking, e.g. http://127.0.0.1:8425.")
  @Nullable String url;

  @Option(
      names = "--tick",
      paramLabel = "STEP",
      description = "Tick a step that only a person can tell (with --url).")
  @Nullable String tick;

  @Option(names = "--untick", paramLabel = "STEP", description = "Take a tick back (with --url).")
  @Nullable String untick;

  @Option(
      names = "--by",
      paramLabel = "NAME",
      description = "Who did the step (default: your login name).")
  String by = "";

  @Option(names = "--note", paramLabel = "TEXT", description = "What is to be remembered of it.")
  String note = "";

  @Mixin DomainOptions known = new DomainOptions();

  @Mixin NetworkOptions network = new NetworkOptions();

  @Mixin TerminalOptions terminal = new TerminalOptions();

  @Override
  public Integer call() {
    terminal.begin();
    var text = text();
    if (tick != null && untick != null) {
      throw new Failure("--tick and --untick exclude each other");
    }
    if (tick == null && !(by.isEmpty() && note.isEmpty())) {
      throw new Failure("--by and --note go with --tick");
    }
    if ((tick != null || untick != null) && (url == null || words.size() != 2)) {
      throw new Failure(
          "--tick and --untick need DOMAIN, NAME and the --url of a running daemon, which keeps ticks");
    }
    if (tenant != null && words.size() != 1) {
      throw new Failure("with --tenant name one checklist and no domain");
    }
    return url == null ? here(text) : there(String.valueOf(url), text);
  }

  private ChecklistText text() {
    return new ChecklistText(
        switch (format) {
          case "text" -> new ChecklistText.Plain(terminal.terminal());
          case "json" -> new ChecklistText.Json();
          case "markdown" -> new ChecklistText.Markdown();
          default -> throw new Failure("--format is text, json or markdown, not '" + format + "'");
        });
  }

  // ---- Looking now ----

  private int here(ChecklistText text) {
    var configuration = known.configuration();
    var catalog = configuration.checklists();
    if (words.isEmpty()) {
      catalog.all().forEach(checklist -> text.line(json(checklist)));
      return Exit.OK;
    }
    if (words.size() == 1 && tenant == null) {
      text.page(json(only(catalog, words.getFirst(), configuration)));
      return Exit.OK;
    }
    var checklist = named(catalog, words.getLast());
    var domains = domains(configuration);
    var exit = new int[] {Exit.OK};
    try (var outside = Outside.open(network, configuration)) {
      var runner = outside.runner();
      var lists = new FetchedLists(configuration);
      var needed = needed(checklist, runner.probes());
      var rest = domains.iterator();
      InOrder.run(
          () -> rest.hasNext() ? Optional.of(rest.next()) : Optional.empty(),
          CheckCommand.PARALLEL,
          domain -> {
            var state = DomainState.unseen(domain);
            return needed.isEmpty()
                ? state
                : state.after(
                    lists.look(runner, domain, new ProbeChoice(List.copyOf(needed), List.of())),
                    List.of(),
                    _ -> false,
                    Map.of());
          },
          new InOrder.Sink<DomainState>() {
            @Override
            public boolean take(DomainState state) {
              var progress =
                  new Walkthrough(runner.probes(), List.of())
                      .walk(checklist, state, Ticks.UNKNOWN, Instant.now());
              exit[0] = Exit.worst(exit[0], print(json(progress), text));
              return !System.out.checkError();
            }

            @Override
            public void idle() {}
          });
    }
    return exit[0];
  }

  private static JsonNode json(Checklist checklist) {
    return CheckJson.mapper()
        .readTree(CheckJson.bytes(json -> ProgressJson.checklist(json, checklist)));
  }

  private static JsonNode json(Progress progress) {
    return CheckJson.mapper()
        .readTree(CheckJson.bytes(json -> ProgressJson.progress(json, progress)));
  }

  /** A checklist by itself; whoever names a domain alone is told what goes with it. */
  private Checklist only(ChecklistCatalog catalog, String word, MonitorConfig configuration) {
    var found = catalog.named(word);
    if (found.isPresent()) {
      return found.get();
    }
    if (word.indexOf('.') < 0) {
      return named(catalog, word);
    }
    var domain = known.managed(Arguments.domain(word), configuration).asOf(Instant.now());
    var own = catalog.of(domain).stream().map(Checklist::name).toList();
    throw new Failure(
        "name a checklist behind %s: %s"
            .formatted(
                word,
                own.isEmpty()
                    ? "one of " + String.join(", ", catalog.names())
                    : String.join(" or ", own)));
  }

  private static Checklist named(ChecklistCatalog catalog, String name) {
    return catalog.named(name).orElseThrow(() -> new Failure(unknown(name, catalog.names())));
  }

  private static String unknown(String name, List<String> names) {
    return "there is no checklist '%s'%s"
        .formatted(
            name,
            Words.near(name, names)
                .map("; did you mean '%s'?"::formatted)
                .orElse("; there are " + String.join(", ", names)));
  }

  private List<ManagedDomain> domains(MonitorConfig configuration) {
    if (tenant == null) {
      return List.of(known.managed(Arguments.domain(words.getFirst()), configuration));
    }
    var all =
        configuration.domains().stream()
            .filter(domain -> domain.tenant().id().equals(tenant))
            .toList();
    if (all.isEmpty()) {
      throw new Failure("no domain of tenant '%s' in the configuration".formatted(tenant));
    }
    return all;
  }

  /** The probes whose word counts, and those whose word they need. */
  private static Set<String> needed(Checklist checklist, Collection<? extends Probe<?>> probes) {
    var wanted = new ArrayDeque<String>();
    for (var step : checklist.steps()) {
      for (var probe : probes) {
        if (probe.rules().stream().anyMatch(rule -> step.see().rules().contains(rule.id()))) {
          wanted.add(probe.name());
        }
      }
      step.see().facts().stream().map(See.Fact::probe).forEach(wanted::add);
    }
    var needed = new LinkedHashSet<String>();
    while (!wanted.isEmpty()) {
      var next = wanted.remove();
      ProbeCatalog.named(next)
          .filter(probe -> needed.add(probe.name()))
          .ifPresent(probe -> wanted.addAll(probe.siblings()));
    }
    return needed;
  }

  // ---- Asking a daemon ----

  private int there(String daemon, ChecklistText text) {
    var client = new DaemonClient(daemon, network.timeout().orElse(DAEMON), network.caFile());
    if (words.size() < 2 && tenant == null) {
      return listed(client.get("/api/v1/checklists"), text);
    }
    var name = words.getLast();
    if (name.isEmpty()
        || !name.chars()
            .allMatch(c -> (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-')) {
      throw new Failure("'%s' is no name of a checklist".formatted(name));
    }
    var exit = Exit.OK;
    for (var domain : tenant == null ? List.of(words.getFirst()) : ofTenant(client)) {
      var path = "/api/v1/domains/%s/checklists/%s".formatted(Arguments.domain(domain), name);
      exit = Exit.worst(exit, print(asked(client, path), text));
    }
    return exit;
  }

  private JsonNode asked(DaemonClient client, String path) {
    if (tick != null) {
      return client.put(
          step(path, tick),
          CheckJson.text(
              json -> {
                json.writeStartObject();
                json.writeStringProperty(
                    "by", by.isEmpty() ? System.getProperty("user.name", "") : by);
                json.writeStringProperty("note", note);
                json.writeEndObject();
              }));
    }
    return untick != null ? client.delete(step(path, untick)) : client.get(path);
  }

  private static String step(String path, String id) {
    if (!id.chars().allMatch(c -> (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-')
        || id.isEmpty()) {
      throw new Failure("'%s' is no id of a step".formatted(id));
    }
    return path + "/steps/" + id + "/tick";
  }

  private List<String> ofTenant(DaemonClient client) {
    var names = new ArrayList<String>();
    for (var page = 1; ; page++) {
      var answer =
          client.get(
              "/api/v1/domains?per_page=%d&page=%d&tenant=%s"
                  .formatted(
                      MOST_DOMAINS,
                      page,
                      URLEncoder.encode(String.valueOf(tenant), StandardCharsets.UTF_8)));
      answer.path("domains").forEach(domain -> names.add(domain.path("domain").asString("")));
      if (page >= answer.path("pages").asInt(1)) {
        break;
      }
    }
    if (names.isEmpty()) {
      throw new Failure("the daemon has no domain of tenant '%s'".formatted(tenant));
    }
    return names;
  }

  private int listed(JsonNode all, ChecklistText text) {
    if (words.isEmpty()) {
      all.forEach(text::line);
      return Exit.OK;
    }
    var names = new ArrayList<String>();
    for (var one : all) {
      if (one.path("checklist").asString("").equals(words.getFirst())) {
        text.page(one);
        return Exit.OK;
      }
      names.add(one.path("checklist").asString(""));
    }
    throw new Failure(unknown(words.getFirst(), names));
  }

  private static int print(JsonNode progress, ChecklistText text) {
    text.progress(progress);
    var count = progress.path("count");
    if (count.path("open").asInt(0) > 0) {
      return Exit.FINDINGS;
    }
    return Stream.of("unseen", "person", "not-yet")
            .anyMatch(state -> count.path(state).asInt(0) > 0)
        ? Exit.UNOBSERVED
        : Exit.OK;
  }
}
