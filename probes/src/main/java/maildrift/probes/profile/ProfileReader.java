package maildrift.probes.profile;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import java.time.Duration;
import java.time.LocalDate;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import maildrift.probes.Rule;
import maildrift.probes.dns.RecordType;
import maildrift.probes.domain.Prescription;
import maildrift.probes.domain.Prescription.Demand;
import maildrift.probes.domain.Role;
import maildrift.probes.domain.TlsLevel;
import maildrift.probes.network.Cidr;
import org.jspecify.annotations.Nullable;

/**
 * Reads a profile from plain maps and lists. The schema in words is {@code profiles/README.md};
 * here it is in code. Everything wrong is reported at once, each with its path.
 */
final class ProfileReader {

  private static final Set<String> SECTIONS =
      ordered(
          "title",
          "mx",
          "spf",
          "dkim",
          "netblocks",
          "records",
          "deviations",
          "subdomains",
          "forwarding",
          "smarthosts",
          "networks",
          "feeds",
          "client_hosts",
          "tls_level",
          "ttl",
          "evidence");

  private static final Set<String> PROFILE =
      plus(SECTIONS, "notes", "roles", "parameters", "regions", "variants");

  /** What evidence can be about. */
  private static final Set<String> FACTS =
      ordered(
          "mx",
          "spf",
          "dkim",
          "netblocks",
          "records",
          "deviations",
          "subdomains",
          "forwarding",
          "smarthosts",
          "networks",
          "feeds",
          "client_hosts",
          "tls_level",
          "ttl");

  /** Published lists of networks that we can read; each has a reader of its own. */
  private static final Set<String> FEEDS = ordered("m365-endpoints");

  private static final int MOST_PROBLEMS = 100;

  private static final int LONGEST_EXPRESSION = 100;

  /** A week, in seconds; what is remembered longer nobody can change in time. */
  private static final int LONGEST_TTL = 604_800;

  private final List<ProfileProblem> problems = new ArrayList<>();
  private Set<String> placeholders = Set.of();

  private ProfileReader() {}

  static Profile.Read read(String name, Map<String, ?> data) {
    var reader = new ProfileReader();
    var profile = reader.profile(name, data);
    return reader.problems.isEmpty()
        ? new Profile.Read(Optional.of(profile), List.of())
        : new Profile.Read(
            Optional.empty(),
            reader.problems.subList(0, Math.min(MOST_PROBLEMS, reader.problems.size())));
  }

  private Profile profile(String name, Map<String, ?> data) {
    if (!isWord(name)) {
      problem("", "'%s' is no profile name; use lower-case letters, digits and -".formatted(name));
    }
    onlyKnown("", data, PROFILE);
    var parameters = parameters(data.get("parameters"));
    placeholders =
        Profile.placeholders(
            parameters.keySet(), data.containsKey("regions"), data.containsKey("variants"));
    parameters.forEach(
        (key, parameter) ->
            parameter
                .otherwise()
                .ifPresent(text -> known("parameters." + key + ".default", new Template(text))));
    return new Profile(
        name,
        text("notes", data.get("notes")).orElse(""),
        roles(data.get("roles")),
        parameters,
        sections("", data),
        choices("regions", data.get("regions")),
        choices("variants", data.get("variants")));
  }

  private Map<String, Profile.Parameter> parameters(@Nullable Object value) {
    var parameters = new LinkedHashMap<String, Profile.Parameter>();
    map("parameters", value)
        .forEach(
            (key, given) -> {
              var path = "parameters." + key;
              if (!isWord(key.replace('_', '-'))
                  || Set.of("name", "role", "region", "variant").contains(key)
                  || Profile.OF_THE_DOMAIN.contains(key)) {
                problem(path, "'%s' cannot be the name of a parameter".formatted(key));
              }
              if (given instanceof Map) {
                var fields = map(path, given);
                onlyKnown(
                    path, fields, ordered("required", "default", "matches", "address", "why"));
                parameters.put(
                    key,
                    new Profile.Parameter(
                        flag(path + ".required", fields.get("required"), false),
                        text(path + ".default", fields.get("default")),
                        present(fields, "matches")
                            .flatMap(written -> expression(path + ".matches", written)),
                        flag(path + ".address", fields.get("address"), false),
                        text(path + ".why", fields.get("why")).orElse("")));
              } else {
                parameters.put(key, Profile.Parameter.of(text(path, given).orElse("")));
              }
            });
    return parameters;
  }

  /** Whatever it is, it reads its text once (RE2): the values may come from DNS. */
  private Optional<Pattern> expression(String path, Object value) {
    var written = text(path, value).orElse("");
    try {
      if (written.length() <= LONGEST_EXPRESSION) {
        return Optional.of(Pattern.compile(written));
      }
    } catch (PatternSyntaxException _) {
      // Said below.
    }
    problem(path, "'%s' is no regular expression".formatted(shown(written)));
    return Optional.empty();
  }

  private List<Role> roles(@Nullable Object value) {
    var roles = new ArrayList<Role>();
    each("roles", value, (path, item) -> word(path, item, "role", words(Role.values(), Role::word)))
        .forEach(word -> roles.add(Role.valueOf(word.toUpperCase(Locale.ROOT))));
    return roles.isEmpty() ? List.of(Role.INBOUND) : roles;
  }

  private Map<String, Sections> choices(String what, @Nullable Object value) {
    var choices = new LinkedHashMap<String, Sections>();
    map(what, value)
        .forEach(
            (key, given) -> {
              var path = what + "." + key;
              if (!isWord(key)) {
                problem(path, "'%s' must be of lower-case letters, digits and -".formatted(key));
              }
              var fields = map(path, given);
              onlyKnown(path, fields, SECTIONS);
              choices.put(key, sections(path, fields));
            });
    return choices;
  }

  private Sections sections(String at, Map<String, ?> data) {
    return new Sections(
        text(sub(at, "title"), data.get("title")),
        present(data, "mx").map(value -> mx(sub(at, "mx"), value)),
        present(data, "spf").flatMap(value -> spf(sub(at, "spf"), value)),
        present(data, "dkim").map(value -> each(sub(at, "dkim"), value, this::dkim)),
        present(data, "netblocks").map(value -> names(sub(at, "netblocks"), value)),
        present(data, "records").map(value -> each(sub(at, "records"), value, this::entry)),
        deviations(sub(at, "deviations"), data.get("deviations")),
        present(data, "subdomains")
            .map(
                value ->
                    each(
                        sub(at, "subdomains"),
                        value,
                        (path, item) -> word(path, item, "mechanism", Prescription.ALIGNED))),
        present(data, "forwarding").map(value -> names(sub(at, "forwarding"), value)),
        present(data, "smarthosts").map(value -> names(sub(at, "smarthosts"), value)),
        present(data, "networks").map(value -> each(sub(at, "networks"), value, this::network)),
        present(data, "feeds")
            .map(
                value ->
                    each(sub(at, "feeds"), value, (path, item) -> word(path, item, "feed", FEEDS))),
        present(data, "client_hosts")
            .map(value -> each(sub(at, "client_hosts"), value, this::client)),
        present(data, "tls_level")
            .flatMap(
                value ->
                    word(
                        sub(at, "tls_level"),
                        value,
                        "TLS level",
                        words(TlsLevel.values(), TlsLevel::word)))
            .flatMap(TlsLevel::parse),
        present(data, "ttl").map(value -> ttl(sub(at, "ttl"), value)),
        present(data, "evidence")
            .map(value -> each(sub(at, "evidence"), value, this::evidence))
            .orElse(List.of()));
  }

  /** One host, a list of hosts (one set), or {@code any_of} with several sets. */
  private List<List<Sections.Host>> mx(String path, Object value) {
    if (value instanceof Map<?, ?> fields && fields.containsKey("any_of")) {
      onlyKnown(path, map(path, value), ordered("any_of"));
      return each(
          path + ".any_of",
          fields.get("any_of"),
          (at, set) -> Optional.of(each(at, set, this::host)));
    }
    var set = each(path, value, this::host);
    return set.isEmpty() ? List.of() : List.of(set);
  }

  /** {@code mx.example.net}, {@code 10 mx.example.net}, {@code {host:, preference:, several:}}. */
  private Optional<Sections.Host> host(String path, Object value) {
    if (value instanceof Map) {
      var fields = map(path, value);
      onlyKnown(path, fields, ordered("host", "preference", "several"));
      var preference =
          present(fields, "preference").flatMap(p -> preference(path + ".preference", p));
      return required(path, fields, "host")
          .flatMap(host -> pattern(path + ".host", host))
          .map(
              host ->
                  new Sections.Host(
                      host, preference, flag(path + ".several", fields.get("several"), false)));
    }
    return text(path, value)
        .flatMap(
            written -> {
              var space = written.indexOf(' ');
              return space < 0
                  ? pattern(path, written)
                      .map(host -> new Sections.Host(host, Optional.empty(), false))
                  : preference(path, written.substring(0, space))
                      .flatMap(
                          preference ->
                              pattern(path, written.substring(space + 1).strip())
                                  .map(
                                      host ->
                                          new Sections.Host(host, Optional.of(preference), false)));
            });
  }

  private Optional<Integer> preference(String path, Object value) {
    return number(path, value, "MX preference", 0, 65_535);
  }

  /** {@code {host:, ports: [993, …]}}. */
  private Optional<Sections.Client> client(String path, Object value) {
    var fields = map(path, value);
    onlyKnown(path, fields, ordered("host", "ports"));
    var ports =
        required(path, fields, "ports")
            .map(
                given ->
                    each(path + ".ports", given, (at, port) -> number(at, port, "port", 1, 65_535)))
            .orElse(List.of());
    return required(path, fields, "host")
        .flatMap(host -> name(path + ".host", host))
        .map(host -> new Sections.Client(host, ports));
  }

  /** {@code {normal: 3600, migration: 300}}, in seconds. */
  private Prescription.Ttl ttl(String path, Object value) {
    var fields = map(path, value);
    onlyKnown(path, fields, ordered("normal", "migration"));
    return new Prescription.Ttl(
        seconds(path + ".normal", fields.get("normal")),
        seconds(path + ".migration", fields.get("migration")));
  }

  private Optional<Duration> seconds(String path, @Nullable Object value) {
    return value == null
        ? Optional.empty()
        : number(path, value, "number of seconds", 1, LONGEST_TTL).map(Duration::ofSeconds);
  }

  private Optional<Integer> number(String path, Object value, String what, int least, int most) {
    var digits = String.valueOf(value);
    if (digits.isEmpty()
        || digits.length() > 9
        || !digits.chars().allMatch(c -> c >= '0' && c <= '9')
        || Integer.parseInt(digits) < least
        || Integer.parseInt(digits) > most) {
      problem(path, "'%s' is no %s between %d and %d".formatted(shown(digits), what, least, most));
      return Optional.empty();
    }
    return Optional.of(Integer.parseInt(digits));
  }

  /** A name, a list of names, or {@code {authorise:, include:, first:, …}}. */
  private Optional<Sections.Spf> spf(String path, Object value) {
    if (!(value instanceof Map)) {
      var names = names(path, value);
      return Optional.of(Sections.Spf.authorising(names, include(names)));
    }
    var fields = map(path, value);
    onlyKnown(
        path, fields, ordered("authorise", "include", "first", "probe", "hosts", "avoid", "also"));
    if (!fields.containsKey("authorise")
        && !fields.containsKey("probe")
        && !fields.containsKey("hosts")) {
      problem(
          path,
          "'authorise' is missing: the SPF name whose networks must be authorised; or 'hosts' or 'probe': hosts or addresses that must pass");
      return Optional.empty();
    }
    var names =
        present(fields, "authorise")
            .map(authorise -> names(path + ".authorise", authorise))
            .orElse(List.of());
    var include =
        text(path + ".include", fields.get("include"))
            .map(Template::new)
            .filter(template -> known(path + ".include", template))
            .orElseGet(() -> include(names));
    return Optional.of(
        new Sections.Spf(
            names,
            include,
            flag(path + ".first", fields.get("first"), false),
            each(path + ".probe", fields.get("probe"), this::probe),
            names(path + ".hosts", fields.get("hosts")),
            avoid(path + ".avoid", fields.get("avoid")),
            each(path + ".also", fields.get("also"), this::pattern)));
  }

  /** Name → why not. */
  private Map<Template, String> avoid(String path, @Nullable Object value) {
    var avoid = new LinkedHashMap<Template, String>();
    map(path, value)
        .forEach(
            (key, why) -> {
              var at = path + "." + key;
              name(at, key).ifPresent(name -> avoid.put(name, text(at, why).orElse("")));
            });
    return avoid;
  }

  /** An address of the provider's, or a parameter that is one. */
  private Optional<Template> probe(String path, Object value) {
    return text(path, value)
        .map(Template::new)
        .filter(template -> known(path, template))
        .filter(
            template -> {
              var isRight =
                  !template.placeholders().isEmpty()
                      || Profile.address(template.text()).isPresent();
              if (!isRight) {
                problem(path, "'%s' is no IP address".formatted(shown(template.text())));
              }
              return isRight;
            });
  }

  private static Template include(List<Template> names) {
    return new Template(names.isEmpty() ? "" : "include:" + names.getFirst().text());
  }

  /** A selector, or {@code {selector:, key:, cname:, required:}}. */
  private Optional<Sections.Dkim> dkim(String path, Object value) {
    if (!(value instanceof Map)) {
      return name(path, value)
          .map(name -> new Sections.Dkim(name, Optional.empty(), Optional.empty(), true));
    }
    var fields = map(path, value);
    onlyKnown(path, fields, ordered("selector", "key", "cname", "required"));
    var key = present(fields, "key").flatMap(given -> key(path + ".key", given));
    var cname = present(fields, "cname").flatMap(given -> pattern(path + ".cname", given));
    var required = flag(path + ".required", fields.get("required"), true);
    return required(path, fields, "selector")
        .flatMap(selector -> name(path + ".selector", selector))
        .map(selector -> new Sections.Dkim(selector, key, cname, required));
  }

  private Optional<String> key(String path, Object value) {
    var base64 =
        String.valueOf(value)
            .chars()
            .filter(c -> !Character.isWhitespace(c))
            .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
            .toString();
    try {
      if (Base64.getDecoder().decode(base64).length > 0) {
        return Optional.of(base64);
      }
    } catch (IllegalArgumentException _) {
      // Said below.
    }
    problem(path, "the key must be the base64 of p=, without the tags around it");
    return Optional.empty();
  }

  private Optional<Sections.Entry> entry(String path, Object value) {
    var fields = map(path, value);
    onlyKnown(path, fields, ordered("name", "type", "value", "demand", "reason"));
    var type =
        required(path, fields, "type")
            .flatMap(
                given ->
                    word(
                        path + ".type",
                        String.valueOf(given).toUpperCase(Locale.ROOT),
                        "record type",
                        words(RecordType.values(), RecordType::name)));
    var demand =
        required(path, fields, "demand")
            .flatMap(
                given ->
                    word(
                        path + ".demand",
                        given,
                        "demand",
                        words(Demand.values(), each -> each.name().toLowerCase(Locale.ROOT))));
    var name = text(path + ".name", fields.get("name")).filter(text -> !text.equals("@"));
    name.ifPresent(given -> name(path + ".name", given));
    var wanted = new Template(withoutDots(text(path + ".value", fields.get("value")).orElse("")));
    known(path + ".value", wanted);
    if (type.isEmpty() || demand.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new Sections.Entry(
            name.orElse(""),
            RecordType.valueOf(type.get()),
            wanted,
            Demand.valueOf(demand.get().toUpperCase(Locale.ROOT)),
            text(path + ".reason", fields.get("reason")).orElse("")));
  }

  /** A target may be written with the dot of a zone file. */
  private static String withoutDots(String value) {
    return value.endsWith(".") ? value.substring(0, value.length() - 1) : value;
  }

  private Map<String, String> deviations(String path, @Nullable Object value) {
    var deviations = new LinkedHashMap<String, String>();
    map(path, value)
        .forEach(
            (rule, reason) -> {
              var at = path + "." + rule;
              try {
                Rule.info(rule, "");
              } catch (IllegalArgumentException _) {
                problem(at, "'%s' is no rule id such as spf.all-qualifier".formatted(rule));
              }
              text(at, reason)
                  .filter(text -> !text.isBlank())
                  .ifPresentOrElse(
                      text -> deviations.put(rule, text),
                      () -> problem(at, "a deviation needs the reason for it"));
            });
    return deviations;
  }

  private Optional<Cidr> network(String path, Object value) {
    try {
      return Optional.of(Cidr.parse(String.valueOf(value)));
    } catch (IllegalArgumentException wrong) {
      problem(path, String.valueOf(wrong.getMessage()));
      return Optional.empty();
    }
  }

  private Optional<Evidence> evidence(String path, Object value) {
    var fields = map(path, value);
    onlyKnown(path, fields, ordered("facts", "source", "date", "confidence"));
    var facts =
        present(fields, "facts")
            .map(given -> each(path + ".facts", given, (at, fact) -> word(at, fact, "fact", FACTS)))
            .orElse(List.of());
    if (facts.isEmpty()) {
      problem(path, "'facts' is missing: which sections this is about");
    }
    var source = required(path, fields, "source").map(String::valueOf);
    var date = required(path, fields, "date").flatMap(given -> date(path + ".date", given));
    var confidence =
        required(path, fields, "confidence")
            .flatMap(
                given ->
                    word(
                        path + ".confidence",
                        given,
                        "confidence",
                        words(Evidence.Confidence.values(), Evidence.Confidence::word)))
            .flatMap(Evidence.Confidence::parse);
    return source.isEmpty() || date.isEmpty() || confidence.isEmpty()
        ? Optional.empty()
        : Optional.of(new Evidence(facts, source.get(), date.get(), confidence.get()));
  }

  private Optional<LocalDate> date(String path, Object value) {
    try {
      return Optional.of(LocalDate.parse(String.valueOf(value)));
    } catch (DateTimeParseException _) {
      problem(path, "'%s' is no date such as 2026-11-21".formatted(value));
      return Optional.empty();
    }
  }

  private List<Template> names(String path, @Nullable Object value) {
    return each(path, value, this::name);
  }

  private Optional<Template> name(String path, Object value) {
    return hostLike(path, value, false);
  }

  private Optional<Template> pattern(String path, Object value) {
    return hostLike(path, value, true);
  }

  /** A host name in which placeholders stand, and {@code *} and {@code |} where a pattern may. */
  private Optional<Template> hostLike(String path, Object value, boolean pattern) {
    var text = text(path, value);
    if (text.isEmpty()) {
      return Optional.empty();
    }
    var template = new Template(withoutDots(text.get()));
    if (!known(path, template)) {
      return Optional.empty();
    }
    var filled = template.fill(Map.of()).replace("*", "x");
    var written = pattern ? text.get() : text.get().replace('*', '!').replace('|', '!');
    var alternatives = (pattern ? filled.replace(" ", "") : filled).split("\\|", -1);
    if (written.indexOf('!') >= 0
        || !Arrays.stream(alternatives).allMatch(ProfileReader::isHostName)) {
      problem(path, "'%s' is no host name".formatted(text.get()));
      return Optional.empty();
    }
    return Optional.of(template);
  }

  private static boolean isHostName(String name) {
    return name.length() <= 253
        && Arrays.stream(name.split("\\.", -1))
            .allMatch(
                label ->
                    !label.isEmpty()
                        && label.length() <= 63
                        && label
                            .chars()
                            .allMatch(
                                c ->
                                    (c >= 'a' && c <= 'z')
                                        || (c >= 'A' && c <= 'Z')
                                        || (c >= '0' && c <= '9')
                                        || c == '-'
                                        || c == '_'));
  }

  private boolean known(String path, Template template) {
    for (var placeholder : template.placeholders()) {
      if (!placeholders.contains(placeholder)) {
        problem(
            path,
            "'{%s}' is no placeholder%s (known: %s)"
                .formatted(
                    placeholder,
                    Nearest.hint(placeholder, placeholders),
                    Profile.list(placeholders)));
        return false;
      }
    }
    return true;
  }

  // What every schema needs: maps, lists, words, flags.

  private static Optional<Object> present(Map<String, ?> data, String key) {
    return Optional.ofNullable(data.get(key));
  }

  private Optional<Object> required(String path, Map<String, ?> fields, String key) {
    var value = present(fields, key);
    if (value.isEmpty()) {
      problem(path, "'%s' is missing".formatted(key));
    }
    return value;
  }

  private void onlyKnown(String path, Map<String, ?> data, Set<String> known) {
    for (var key : data.keySet()) {
      if (!known.contains(key)) {
        problem(sub(path, key), "unknown key '%s'%s".formatted(key, hintOrList(key, known)));
      }
    }
  }

  private static String hintOrList(String word, Set<String> known) {
    var hint = Nearest.hint(word, known);
    return hint.isEmpty() ? "; known: " + Profile.list(known) : hint;
  }

  private Map<String, Object> map(String path, @Nullable Object value) {
    if (value == null) {
      return Map.of();
    }
    var out = new LinkedHashMap<String, Object>();
    if (value instanceof Map<?, ?> fields) {
      fields.forEach(
          (key, field) -> {
            if (key != null && field != null) {
              out.put(key.toString(), field);
            }
          });
    } else {
      problem(path, "key: value pairs are expected here, not '%s'".formatted(shown(value)));
    }
    return out;
  }

  /** The items of a list; a single item is a list of one. */
  private <T> List<T> each(
      String path, @Nullable Object value, BiFunction<String, Object, Optional<T>> read) {
    if (value instanceof List<?> items) {
      var out = new ArrayList<T>();
      for (var i = 0; i < items.size(); i++) {
        var at = "%s[%d]".formatted(path, i);
        var item = items.get(i);
        if (item == null) {
          problem(at, "an empty item");
        } else {
          read.apply(at, item).ifPresent(out::add);
        }
      }
      return out;
    }
    return value == null ? List.of() : read.apply(path, value).stream().toList();
  }

  private Optional<String> text(String path, @Nullable Object value) {
    if (value == null) {
      return Optional.empty();
    }
    if (value instanceof Map || value instanceof List) {
      problem(path, "a text is expected here, not '%s'".formatted(shown(value)));
      return Optional.empty();
    }
    return Optional.of(value.toString().strip());
  }

  private boolean flag(String path, @Nullable Object value, boolean otherwise) {
    if (value == null) {
      return otherwise;
    }
    var word = value.toString();
    if (!word.equals("true") && !word.equals("false")) {
      problem(path, "'%s' must be true or false".formatted(shown(value)));
    }
    return word.equals("true");
  }

  private Optional<String> word(String path, Object value, String what, Set<String> known) {
    var word = text(path, value);
    if (word.isPresent() && !known.contains(word.get())) {
      problem(
          path,
          "'%s' is no %s%s".formatted(shown(word.get()), what, hintOrList(word.get(), known)));
      return Optional.empty();
    }
    return word;
  }

  private static <E> Set<String> words(E[] values, java.util.function.Function<E, String> word) {
    var words = new LinkedHashSet<String>();
    for (var value : values) {
      words.add(word.apply(value));
    }
    return words;
  }

  private static boolean isWord(String text) {
    return !text.isEmpty()
        && text.length() <= 63
        && text.chars().allMatch(c -> (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-');
  }

  private static String shown(Object value) {
    var text = value.toString();
    return text.length() > 60 ? text.substring(0, 60) + "…" : text;
  }

  private static String sub(String path, String key) {
    return path.isEmpty() ? key : path + "." + key;
  }

  private static Set<String> ordered(String... words) {
    return new LinkedHashSet<>(Arrays.asList(words));
  }

  private static Set<String> plus(Set<String> words, String... more) {
    var all = new LinkedHashSet<>(words);
    all.addAll(Arrays.asList(more));
    return all;
  }

  private void problem(String path, String message) {
    problems.add(new ProfileProblem(path, message));
  }
}
