package maildrift.monitor.config;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import maildrift.alerts.notify.Credentials;
import maildrift.alerts.notify.Headers;
import maildrift.alerts.notify.Login;
import maildrift.alerts.notify.Mailbox;
import maildrift.alerts.notify.Secret;
import maildrift.alerts.notify.Server;
import maildrift.alerts.notify.Settings;
import maildrift.alerts.notify.http.Authorities;

/**
 * One receiver's section of the configuration, as its kind asks for it.
 *
 * @param isWritten whether it stands there; if not, it is read for its keys alone
 * @param tenants that there are
 */
record ReceiverSettings(
    Reading reading, Section section, boolean isWritten, Collection<String> tenants)
    implements Settings {

  @Override
  public Optional<String> text(String key) {
    return section.text(key).map(Text::value);
  }

  @Override
  public <T> Optional<T> parsed(String key, Function<String, T> parser) {
    return section.parsed(key, parser);
  }

  @Override
  public List<String> texts(String key) {
    return texts(key, text -> text);
  }

  private <T> List<T> texts(String key, Function<String, T> parser) {
    var texts = new ArrayList<T>();
    for (var text : section.oneOrMore(key)) {
      section.parse(key, text, parser).ifPresent(texts::add);
    }
    if (section.node(key).orElse(null) instanceof Node.Sequence list && list.items().isEmpty()) {
      section.problem(key, "%s is empty; write at least one".formatted(key));
    }
    return texts;
  }

  @Override
  public Map<String, String> textsByName(String key, UnaryOperator<String> parser) {
    var texts = new LinkedHashMap<String, String>();
    var byName = section.section(key);
    for (var entry : byName.entries()) {
      byName
          .parameter(entry.key())
          .flatMap(text -> byName.parse(entry.key(), text, parser))
          .ifPresent(text -> texts.put(entry.key(), text));
    }
    return texts;
  }

  @Override
  public List<Integer> numbers(String key, int least, int most) {
    var numbers = new ArrayList<Integer>();
    for (var item : section.items(key)) {
      if (item instanceof Node.Scalar scalar
          && scalar.kind() == Node.Kind.WHOLE
          && scalar.text().length() < 10
          && Integer.parseInt(scalar.text()) >= least
          && Integer.parseInt(scalar.text()) <= most) {
        numbers.add(Integer.parseInt(scalar.text()));
      } else {
        reading.problem(
            item.place(),
            "%s: a whole number between %d and %d is needed, not %s"
                .formatted(key, least, most, item.shown()));
      }
    }
    return numbers;
  }

  @Override
  public boolean flag(String key, boolean byDefault) {
    return section.flag(key, byDefault);
  }

  @Override
  public Duration duration(String key, Duration least, Duration byDefault) {
    return section.duration(key, least, byDefault);
  }

  @Override
  public int whole(String key, int least, int most, int byDefault) {
    return section.whole(key, least, most, byDefault);
  }

  @Override
  public <E extends Enum<E>> Optional<E> choice(String key, Class<E> words) {
    return section.choice(
        key, words.getEnumConstants(), word -> word.name().toLowerCase(Locale.ROOT));
  }

  @Override
  public Optional<Secret> secret(String key) {
    return section.secret(
        key, Secret::of, (file, _) -> Secret.in(file), file -> Optional.of(Secret.in(file)));
  }

  @Override
  public List<Secret> secrets(String key, Consumer<String> check) {
    return section.secrets(
        key,
        written -> {
          check.accept(written);
          return Secret.of(written);
        },
        (file, now) -> {
          check.accept(now);
          return Secret.in(file);
        },
        file -> Optional.of(Secret.in(file)));
  }

  @Override
  public Headers headers(Set<String> ours) {
    var headers = new TreeMap<String, Secret>(String.CASE_INSENSITIVE_ORDER);
    var written = section.section("headers");
    for (var entry : written.entries()) {
      written
          .parameter(entry.key())
          .filter(text -> isHeader(entry, text, ours, headers.keySet()))
          .ifPresent(text -> headers.put(entry.key(), Secret.of(text.value())));
    }
    var files = section.section("header_files");
    for (var entry : files.entries()) {
      files
          .parameter(entry.key())
          .filter(_ -> isName(entry, ours, headers.keySet()))
          .flatMap(
              text ->
                  files.secretFile(
                      entry.key(),
                      text,
                      (file, now) -> {
                        Headers.checkValue(now);
                        return Secret.in(file);
                      },
                      file -> Optional.of(Secret.in(file))))
          .ifPresent(secret -> headers.put(entry.key(), secret));
    }
    return new Headers(headers);
  }

  private boolean isHeader(Node.Entry entry, Text text, Set<String> ours, Set<String> known) {
    if (!isName(entry, ours, known)) {
      return false;
    }
    if (Headers.isSecret(entry.key()) && !text.isFromEnvironment()) {
      reading.problem(
          text.place(),
          "%s must not be written here; use header_files: {%s: FILE} or ${env:NAME}"
              .formatted(entry.key(), entry.key()));
      return false;
    }
    return section
        .parse(
            entry.key(),
            text,
            value -> {
              Headers.checkValue(value);
              return value;
            })
        .isPresent();
  }

  private boolean isName(Node.Entry entry, Set<String> ours, Set<String> known) {
    var shown = Words.shortened(entry.key());
    if (known.contains(entry.key())) {
      reading.problem(entry.place(), "the header '%s' is there twice".formatted(shown));
      return false;
    }
    try {
      Headers.checkName(entry.key(), ours);
      return true;
    } catch (IllegalArgumentException wrong) {
      reading.problem(entry.place(), "'%s': %s".formatted(shown, wrong.getMessage()));
      return false;
    }
  }

  @Override
  public Optional<Path> authorities() {
    var key = "ca_file";
    return section
        .text(key)
        .flatMap(
            file -> {
              var source = file.place().source().sibling(file.value());
              return reading
                  .bytes(source, file.place(), key, Reading.LARGEST_SECRET * 16)
                  .filter(pem -> areCertificates(pem, file))
                  .map(_ -> source.path());
            });
  }

  private boolean areCertificates(byte[] pem, Text file) {
    try {
      Authorities.systemAnd(new ByteArrayInputStream(pem));
      return true;
    } catch (IOException | GeneralSecurityException wrong) {
      reading.problem(file.place(), "ca_file: %s: %s".formatted(file.shown(), wrong.getMessage()));
      return false;
    }
  }

  @Override
  public Optional<URI> url(String key) {
    var inFile = key + "_file";
    var file = section.text(inFile);
    if (section.has(key) && file.isPresent()) {
      reading.problem(
          section.placeOf(inFile), "%s and %s exclude each other; keep one".formatted(key, inFile));
      return Optional.empty();
    }
    if (section.has(key)) {
      return section.parsed(key, this::service);
    }
    return file.flatMap(
        from ->
            reading
                .file(
                    from.place().source().sibling(from.value()),
                    from.place(),
                    inFile,
                    Reading.LARGEST_SECRET)
                .flatMap(
                    content ->
                        section.parse(
                            inFile,
                            new Text(content.strip(), from.written(), from.place()),
                            this::service)));
  }

  private URI service(String written) {
    return Urls.service(written, section.flag(ALLOW_PRIVATE, false));
  }

  @Override
  public List<URI> urls(String key) {
    return texts(key, this::service);
  }

  @Override
  public Optional<Server> server(String key, int defaultPort) {
    return section
        .parsed(key, written -> HostPort.parseServer(written, defaultPort))
        .map(server -> new Server(server.host(), server.port()));
  }

  @Override
  public Optional<String> address(String key) {
    return section.parsed(key, ReceiverSettings::mailbox);
  }

  @Override
  public Optional<String> sender(String key) {
    return section.parsed(key, ReceiverSettings::namedMailbox);
  }

  /** A mailbox, with a name before it or without. */
  static String namedMailbox(String written) {
    var sender = Mailbox.parse(written);
    return new Mailbox(sender.name(), mailbox(sender.address())).toString();
  }

  @Override
  public List<String> addresses(String key) {
    return texts(key, ReceiverSettings::mailbox);
  }

  /** A bare mailbox, {@code noc@example.net}; nothing that could add headers or recipients. */
  static String mailbox(String written) {
    var at = written.lastIndexOf('@');
    var isAddress =
        at > 0
            && written.chars().allMatch(c -> c > 0x20 && c != 0x7f && "<>,;\"()[]".indexOf(c) < 0)
            && written.indexOf('@') == at;
    if (isAddress) {
      try {
        // Its name as DNS has it; what is before it may be anything (RFC 6531).
        return written.substring(0, at + 1) + Hosts.name(written.substring(at + 1));
      } catch (IllegalArgumentException _) {
        // Said below.
      }
    }
    throw new IllegalArgumentException(
        "'%s' is not a mail address like noc@example.net".formatted(Words.shortened(written)));
  }

  @Override
  public SortedMap<String, String> sendersByTenant(String key) {
    var addresses = new TreeMap<String, String>();
    var byTenant = section.section(key);
    for (var entry : byTenant.entries()) {
      if (!tenants.contains(entry.key())) {
        reading.problem(
            entry.place(),
            "%s: unknown tenant '%s'%s"
                .formatted(key, Words.shortened(entry.key()), Words.hint(entry.key(), tenants)));
      }
      byTenant
          .parameter(entry.key())
          .flatMap(text -> byTenant.parse(key, text, ReceiverSettings::namedMailbox))
          .ifPresent(address -> addresses.put(entry.key(), address));
    }
    return addresses;
  }

  @Override
  public Optional<Login> login() {
    var user = section.text("username").map(Text::value);
    var password = secret("password");
    var hasPassword = section.has("password") || section.has("password_file");
    if (section.has("username") && !hasPassword) {
      reading.problem(
          section.placeOf("username"), "username without password_file or password: ${env:NAME}");
    }
    if (hasPassword && !section.has("username")) {
      lacks("username");
    }
    return user.flatMap(name -> password.map(secret -> new Login(name, secret)));
  }

  @Override
  public Optional<Credentials> credentials() {
    var login = login();
    var token = secret("bearer_token");
    var written =
        section.has("bearer_token")
            ? Optional.of("bearer_token")
            : Optional.of("bearer_token_file");
    if (section.has("username") && written.filter(section::has).isPresent()) {
      reading.problem(
          section.placeOf(written.get()),
          "username and %s exclude each other; keep one".formatted(written.get()));
    }
    return token
        .<Credentials>map(Credentials.Bearer::new)
        .or(() -> login.map(Credentials.Basic::new));
  }

  @Override
  public boolean has(String key) {
    return section.has(key);
  }

  @Override
  public void lacks(String key) {
    if (isWritten) {
      section.lacks(key);
    }
  }

  @Override
  public void problem(String key, String message) {
    section.problem(key, message);
  }

  @Override
  public <T> Optional<T> required(String key, Function<String, Optional<T>> form) {
    if (!section.isFilled(key) && !section.isFilled(key + "_file")) {
      lacks(key);
    }
    return form.apply(key);
  }
}
