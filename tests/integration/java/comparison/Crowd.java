import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Fifty connections at a time that change one table, each in units of work that are repeated when they lose a conflict. */
final class Crowd {
    private static final int CONNECTIONS = 50;
    private static final int UNITS = 10;
    private static final int TRIES = 100;

    private Crowd() {
    }

    static void observe(Connection connection, Comparison comparison) throws SQLException {
        Observations.quietly(connection, "DROP TABLE CROWD");
        Observations.execute(connection, "CREATE TABLE CROWD (MEMBER INTEGER NOT NULL, UNIT INTEGER NOT NULL, PRIMARY KEY (MEMBER, UNIT))");
        ExecutorService executor = Executors.newFixedThreadPool(CONNECTIONS);
        List<Future<Integer>> members = new ArrayList<>();
        for (int i = 0; i < CONNECTIONS; i++) {
            int member = i;
            members.add(executor.submit(() -> work(comparison, member)));
        }
        int finished = 0;
        String failure = "none";
        for (Future<Integer> member : members) {
            try {
                finished += member.get();
            } catch (Exception reason) {
                failure = Observations.describe(reason.getCause());
                reason.printStackTrace();
            }
        }
        executor.shutdown();
        Observations.print("units finished", finished);
        Observations.print("failures", failure);
        Observations.print("rows", Observations.query(connection, "SELECT COUNT(*), MIN(MEMBER), MAX(MEMBER), MAX(UNIT) FROM CROWD"));
        Observations.execute(connection, "DROP TABLE CROWD");
    }

    private static int work(Comparison comparison, int member) throws SQLException {
        int finished = 0;
        try (Connection connection = comparison.connect()) {
            connection.setAutoCommit(false);
            for (int unit = 0; unit < UNITS; unit++) {
                finished += repeat(connection, member, unit);
            }
        }
        return finished;
    }

    /** SQLSTATE class 40: the server has rolled the unit of work back and invites to try again. */
    private static int repeat(Connection connection, int member, int unit) throws SQLException {
        for (int i = 0; i < TRIES; i++) {
            try (PreparedStatement insert = connection.prepareStatement("INSERT INTO CROWD VALUES (?, ?)")) {
                insert.setInt(1, member);
                insert.setInt(2, unit);
                insert.executeUpdate();
                Observations.query(connection, "SELECT COUNT(*) FROM CROWD WHERE MEMBER = " + member);
                connection.commit();
                return 1;
            } catch (SQLException failure) {
                connection.rollback();
                if (failure.getSQLState() == null || !failure.getSQLState().startsWith("40")) {
                    throw failure;
                }
            }
        }
        return 0;
    }
}
