package maildrift.monitor.wiring;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import maildrift.monitor.config.ConfigLoader;
import maildrift.monitor.store.MemoryStore;
import maildrift.monitor.store.StateStore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StartTest {
  @TempDir Path folder;

  @Test
  void aReloadAskedForAtTheStartWaitsUntilWhatWasStoredIsTakenUp() throws Exception {
    var file = folder.resolve("maildrift.yml");
    Files.writeString(file, "http: {listen: \"127.0.0.1:0\"}\ndomains: [contoso.test]\n");
    var loader = Loading.loader();
    var loaded = (ConfigLoader.Loaded) loader.load(file);
    var app = new AtomicReference<App>();
    var reloaded = new CompletableFuture<List<?>>();
    var tooEarly = new CompletableFuture<Boolean>();
    var kept = new MemoryStore();
    Runnable atRestore =
        () -> {
          try {
            var reload =
                Thread.ofVirtual()
                    .start(() -> reloaded.complete(Objects.requireNonNull(app.get()).reload()));
            tooEarly.complete(reload.join(Duration.ofMillis(300)));
          } catch (InterruptedException interrupted) {
            tooEarly.completeExceptionally(interrupted);
          }
        };
    var store =
        (StateStore)
            Proxy.newProxyInstance(
                StateStore.class.getClassLoader(),
                new Class<?>[] {StateStore.class},
                (_, method, arguments) -> {
                  if (method.getName().equals("eachState")) {
                    atRestore.run();
                  }
                  return method.invoke(kept, arguments);
                });
    try (var daemon =
        new App(
            loaded.config(),
            Optional.of(file),
            loaded.files(),
            loader,
            store,
            List.of(),
            Clock.systemUTC())) {
      app.set(daemon);
      daemon.start();

      assertThat(tooEarly).isCompletedWithValue(false);
      assertThat(reloaded).succeedsWithin(Duration.ofSeconds(20));
    }
  }
}
