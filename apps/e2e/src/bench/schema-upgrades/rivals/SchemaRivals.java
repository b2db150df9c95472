import com.zaxxer.hikari.HikariDataSource;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.sql.Connection;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.Map;
import liquibase.Contexts;
import liquibase.LabelExpression;
import liquibase.Liquibase;
import liquibase.Scope;
import liquibase.database.Database;
import liquibase.database.DatabaseFactory;
import liquibase.database.jvm.JdbcConnection;
import liquibase.resource.DirectoryResourceAccessor;
import org.flywaydb.core.Flyway;
import org.flywaydb.database.postgresql.PostgreSQLConfigurationExtension;

/**
 * Flyway's and Liquibase's own APIs in one JVM that stays warm: `SchemaRivals JDBC_URL USER PASSWORD FOLDER`. Each line of
 * standard input is `flyway|liquibase THREADS schema,schema,…`; the answer is the seconds it took. What both are given to be
 * fast: a pool of connections, threads, nothing logged, nothing asked of the network, and of Flyway no placeholders and a
 * session's lock instead of a transaction of its own. Checksums are checked by all contenders but the one by hand.
 */
public final class SchemaRivals {
  private final HikariDataSource pool = new HikariDataSource();
  private final Path folder;

  private SchemaRivals(String url, String user, String password, Path folder) {
    pool.setJdbcUrl(url);
    pool.setUsername(user);
    pool.setPassword(password);
    pool.setMaximumPoolSize(20);
    this.folder = folder;
  }

  public static void main(String[] args) throws Exception {
    System.setProperty("liquibase.analytics.enabled", "false");
    System.setProperty("liquibase.showBanner", "false");
    java.util.logging.LogManager.getLogManager().reset();
    // Liquibase tells standard output what it has done.
    PrintStream answers = System.out;
    System.setOut(new PrintStream(OutputStream.nullOutputStream()));
    SchemaRivals rivals = new SchemaRivals(args[0], args[1], args[2], Path.of(args[3]));
    BufferedReader lines = new BufferedReader(new InputStreamReader(System.in));
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      String[] words = line.split(" ");
      double seconds = rivals.upgrade(words[0], Integer.parseInt(words[1]), List.of(words[2].split(",")));
      answers.println(String.format(Locale.ROOT, "%.6f", seconds));
    }
    System.exit(0);
  }

  private double upgrade(String rival, int threads, List<String> schemas) throws Exception {
    long startedAt = System.nanoTime();
    ExecutorService workers = Executors.newFixedThreadPool(threads);
    try {
      List<Callable<Void>> all = schemas.stream().map(schema -> (Callable<Void>) () -> {
        if (rival.equals("flyway")) runFlyway(schema);
        else runLiquibase(schema);
        return null;
      }).toList();
      for (Future<Void> one : workers.invokeAll(all)) one.get();
    } finally {
      workers.shutdown();
    }
    return (System.nanoTime() - startedAt) / 1e9;
  }

  private void runFlyway(String schema) {
    var configuration = Flyway.configure()
        .dataSource(pool)
        .schemas(schema)
        .createSchemas(false)
        .locations("filesystem:" + folder.resolve("flyway"))
        .placeholderReplacement(false)
        .skipDefaultCallbacks(true)
        .loggers("slf4j");
    configuration.getPluginRegister().getPlugin(PostgreSQLConfigurationExtension.class).setTransactionalLock(false);
    int count = configuration.load().migrate().migrationsExecuted;
    if (count != 5) throw new IllegalStateException("Flyway ran " + count + " migrations on " + schema);
  }

  private void runLiquibase(String schema) throws Exception {
    try (Connection connection = pool.getConnection()) {
      Scope.child(Map.of(), () -> {
        Database database = DatabaseFactory.getInstance().findCorrectDatabaseImplementation(new JdbcConnection(connection));
        database.setDefaultSchemaName(schema);
        database.setLiquibaseSchemaName(schema);
        new Liquibase("changelog.sql", new DirectoryResourceAccessor(folder), database)
            .update(new Contexts(), new LabelExpression());
      });
    }
  }
}
