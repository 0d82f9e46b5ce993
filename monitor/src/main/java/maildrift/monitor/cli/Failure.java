package maildrift.monitor.cli;

/** Bad usage or configuration: the message says where and what would be right; exit code 2. */
final class Failure extends RuntimeException {
  private static final long serialVersionUID = 1;

  Failure(String message) {
    super(message);
  }
}
