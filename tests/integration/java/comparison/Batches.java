import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;

/** Batches, with and without a row that fails. */
final class Batches {
    private static final int ROWS = 500;

    private Batches() {
    }

    static void observe(Connection connection) throws SQLException {
        Observations.quietly(connection, "DROP TABLE BATCHED");
        Observations.execute(connection, "CREATE TABLE BATCHED (ID INTEGER NOT NULL PRIMARY KEY, V VARCHAR(100))");
        connection.setAutoCommit(false);
        try (PreparedStatement insert = connection.prepareStatement("INSERT INTO BATCHED VALUES (?, ?)")) {
            for (int i = 0; i < ROWS; i++) {
                insert.setInt(1, i);
                insert.setString(2, i % 7 == 0 ? null : "row " + i);
                insert.addBatch();
            }
            Observations.attempt("of a prepared statement", () -> java.util.Arrays.stream(insert.executeBatch()).sum());
            connection.commit();
            for (int id : new int[] { ROWS, 3, ROWS + 1 }) {
                insert.setInt(1, id);
                insert.setString(2, "again");
                insert.addBatch();
            }
            Observations.attempt("with a duplicate", insert::executeBatch);
            connection.commit();
        }
        Observations.print("rows after that", Observations.query(connection, "SELECT COUNT(*), COUNT(V), MAX(ID) FROM BATCHED"));
        try (Statement statement = connection.createStatement()) {
            statement.addBatch("UPDATE BATCHED SET V = 'x' WHERE ID < 10");
            statement.addBatch("DELETE FROM BATCHED WHERE ID >= 490");
            statement.addBatch("UPDATE BATCHED SET V = 'y' WHERE ID = -1");
            Observations.attempt("of statements", statement::executeBatch);
            statement.clearBatch();
            Observations.attempt("empty", statement::executeBatch);
        }
        connection.commit();
        Observations.execute(connection, "DROP TABLE BATCHED");
        connection.commit();
    }
}
