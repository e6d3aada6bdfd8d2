import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/** Result sets: several at a time, over many blocks, scrollable, held over COMMIT, limited, updatable. */
final class Cursors {
    private static final int ROWS = 3000;

    private Cursors() {
    }

    static void observe(Connection connection) throws SQLException {
        Observations.quietly(connection, "DROP TABLE ROWSET");
        Observations.execute(connection, "CREATE TABLE ROWSET (ID INTEGER NOT NULL PRIMARY KEY, V VARCHAR(60))");
        connection.setAutoCommit(false);
        try (PreparedStatement insert = connection.prepareStatement("INSERT INTO ROWSET VALUES (?, ?)")) {
            for (int i = 1; i <= ROWS; i++) {
                insert.setInt(1, i);
                insert.setString(2, "value of the row number " + i);
                insert.addBatch();
            }
            insert.executeBatch();
        }
        connection.commit();
        observeMany(connection);
        observeHold(connection);
        observeLimits(connection);
        observeScrolling(connection);
        observeUpdating(connection);
        connection.rollback();
        Observations.execute(connection, "DROP TABLE ROWSET");
        connection.commit();
    }

    private static void observeMany(Connection connection) throws SQLException {
        String text = "SELECT ID, V FROM ROWSET ORDER BY ID";
        try (Statement first = connection.createStatement(); Statement second = connection.createStatement();
             ResultSet one = first.executeQuery(text); ResultSet two = second.executeQuery(text + " DESC")) {
            int equal = 0;
            int count = 0;
            while (one.next() && two.next()) {
                count++;
                equal += one.getInt(1) + two.getInt(1) == ROWS + 1 ? 1 : 0;
            }
            Observations.print("two side by side", count + " " + equal);
            Observations.attempt("after the end", () -> one.next());
        }
        try (Statement statement = connection.createStatement(); ResultSet rows = statement.executeQuery(text)) {
            rows.next();
            Observations.print("closed early at", rows.getInt(1));
        }
        Observations.attempt("empty", () -> Observations.query(connection, "SELECT ID FROM ROWSET WHERE ID < 0"));
        Observations.attempt("expression", () -> Observations.query(connection, "SELECT ID + 1, V || '!' FROM ROWSET WHERE ID = 7"));
        Observations.attempt("join", () -> Observations.query(connection,
            "SELECT A.ID, B.ID FROM ROWSET A JOIN ROWSET B ON A.ID = B.ID + 1 WHERE A.ID < 4 ORDER BY A.ID"));
        Observations.attempt("aggregates", () -> Observations.query(connection, "SELECT COUNT(*), MIN(ID), MAX(ID) FROM ROWSET"));
        Observations.attempt("sum and average", () -> Observations.query(connection, "SELECT SUM(ID), AVG(ID) FROM ROWSET"));
        Observations.attempt("labels", () -> {
            try (Statement statement = connection.createStatement();
                 ResultSet rows = statement.executeQuery("select id, v as other, id as \"Quoted\", count(*) as n from rowset group by id, v")) {
                return Observations.columns(rows.getMetaData());
            }
        });
        Observations.attempt("origin of columns", () -> {
            try (Statement statement = connection.createStatement();
                 ResultSet rows = statement.executeQuery("select id as n, id + 1 from rowset")) {
                boolean own = rows.getMetaData().getSchemaName(1).equals(connection.getSchema());
                return own + " " + rows.getMetaData().getTableName(1) + "|" + rows.getMetaData().getTableName(2);
            }
        });
        Observations.attempt("VALUES", () -> Observations.query(connection, "VALUES (1, 'a'), (2, 'b')"));
        Observations.attempt("VALUES without parentheses", () -> Observations.query(connection, "VALUES 1"));
        Observations.attempt("OFFSET and FETCH", () -> Observations.query(connection,
            "SELECT ID FROM ROWSET ORDER BY ID OFFSET 5 ROWS FETCH NEXT 3 ROWS ONLY"));
        Observations.attempt("FETCH FIRST", () -> Observations.query(connection, "SELECT ID FROM ROWSET ORDER BY ID FETCH FIRST 2 ROWS ONLY"));
        Observations.attempt("SYSDUMMY1", () -> Observations.query(connection, "SELECT IBMREQD FROM SYSIBM.SYSDUMMY1"));
    }

    private static void observeHold(Connection connection) throws SQLException {
        for (int holdability : new int[] { ResultSet.HOLD_CURSORS_OVER_COMMIT, ResultSet.CLOSE_CURSORS_AT_COMMIT }) {
            boolean hold = holdability == ResultSet.HOLD_CURSORS_OVER_COMMIT;
            try (Statement statement = connection.createStatement(ResultSet.TYPE_FORWARD_ONLY, ResultSet.CONCUR_READ_ONLY, holdability);
                 ResultSet rows = statement.executeQuery("SELECT ID FROM ROWSET ORDER BY ID")) {
                rows.next();
                connection.commit();
                Observations.attempt(hold ? "held over COMMIT" : "not held over COMMIT", () -> rows.next() ? rows.getInt(1) : "end");
            }
        }
        try (Statement statement = connection.createStatement(); ResultSet rows = statement.executeQuery("SELECT ID FROM ROWSET ORDER BY ID")) {
            rows.next();
            connection.rollback();
            Observations.attempt("after ROLLBACK", () -> rows.next() ? rows.getInt(1) : "end");
        }
    }

    private static void observeLimits(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.setMaxRows(5);
            Observations.attempt("maximum of rows", () -> {
                try (ResultSet rows = statement.executeQuery("SELECT ID FROM ROWSET ORDER BY ID")) {
                    return Observations.rows(rows);
                }
            });
            statement.setMaxRows(0);
            statement.setFetchSize(10);
            Observations.attempt("fetch size", () -> {
                try (ResultSet rows = statement.executeQuery("SELECT ID FROM ROWSET WHERE ID <= 25 ORDER BY ID")) {
                    return Observations.rows(rows).length();
                }
            });
            statement.setQueryTimeout(30);
            Observations.attempt("query time-out", () -> {
                try (ResultSet rows = statement.executeQuery("SELECT ID FROM ROWSET WHERE ID = 1")) {
                    return Observations.rows(rows);
                }
            });
        }
    }

    private static void observeScrolling(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement(ResultSet.TYPE_SCROLL_INSENSITIVE, ResultSet.CONCUR_READ_ONLY)) {
            ResultSet rows = statement.executeQuery("SELECT ID FROM ROWSET ORDER BY ID");
            Observations.attempt("scrollable: last", () -> rows.last() + " " + rows.getInt(1) + " " + rows.getRow());
            Observations.attempt("scrollable: first", () -> rows.first() + " " + rows.getInt(1) + " " + rows.getRow());
            Observations.attempt("scrollable: absolute", () -> rows.absolute(1500) + " " + rows.getInt(1));
            Observations.attempt("scrollable: relative", () -> rows.relative(-100) + " " + rows.getInt(1));
            Observations.attempt("scrollable: previous", () -> rows.previous() + " " + rows.getInt(1));
            Observations.attempt("scrollable: from the end", () -> rows.absolute(-2) + " " + rows.getInt(1));
            Observations.attempt("scrollable: beyond", () -> rows.absolute(ROWS + 10) + " " + rows.isAfterLast());
            Observations.attempt("scrollable: before the first", () -> {
                rows.beforeFirst();
                return rows.isBeforeFirst() + " " + rows.next() + " " + rows.getInt(1);
            });
            Observations.attempt("scrollable: behind the last", () -> {
                rows.afterLast();
                return rows.isAfterLast() + " " + rows.previous() + " " + rows.getInt(1) + " " + rows.isLast();
            });
            Observations.attempt("scrollable: absolute 0", () -> rows.absolute(0) + " " + rows.isBeforeFirst());
            Observations.attempt("scrollable: before all", () -> rows.absolute(-ROWS - 10) + " " + rows.isBeforeFirst());
            Observations.attempt("scrollable: here and there", () -> {
                StringBuilder seen = new StringBuilder();
                for (int row = 7; row < ROWS; row = row * 3 + 1) {
                    seen.append(rows.absolute(row)).append(rows.relative(-5)).append(rows.next()).append(rows.getInt(1)).append(' ');
                }
                return seen;
            });
            Observations.attempt("scrollable: backwards", () -> {
                long sum = 0;
                rows.afterLast();
                while (rows.previous()) {
                    sum = sum * 31 + rows.getInt(1);
                }
                return sum + " " + rows.isBeforeFirst();
            });
            Observations.attempt("scrollable: over COMMIT", () -> {
                rows.absolute(10);
                connection.commit();
                return rows.next() + " " + rows.getInt(1) + " " + rows.last() + " " + rows.getInt(1);
            });
            Observations.attempt("scrollable: type", rows::getType);
            Observations.attempt("scrollable: concurrency", rows::getConcurrency);
            rows.close();
        } catch (SQLException failure) {
            Observations.print("scrollable", Observations.describe(failure));
        }
        observeScrollingPrepared(connection);
        observeScrollingWide(connection);
    }

    private static void observeScrollingPrepared(Connection connection) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement("SELECT ID, V FROM ROWSET WHERE ID > ? ORDER BY ID",
             ResultSet.TYPE_SCROLL_INSENSITIVE, ResultSet.CONCUR_READ_ONLY)) {
            for (int after : new int[] { 100, ROWS - 3, ROWS }) {
                select.setInt(1, after);
                select.setMaxRows(after == 100 ? 20 : 0);
                Observations.attempt("scrollable: prepared, after " + after, () -> {
                    try (ResultSet rows = select.executeQuery()) {
                        return rows.last() + " " + rows.getRow() + " " + rows.first() + " " + rows.isFirst() + " " + rows.absolute(-2) + " "
                            + rows.getRow();
                    }
                });
            }
        }
    }

    /** Rows that are wider than a query block. */
    private static void observeScrollingWide(Connection connection) throws SQLException {
        Observations.quietly(connection, "DROP TABLE WIDE");
        Observations.execute(connection, "CREATE TABLE WIDE (ID INTEGER NOT NULL PRIMARY KEY, V LONG VARCHAR, W LONG VARCHAR)");
        try (PreparedStatement insert = connection.prepareStatement("INSERT INTO WIDE VALUES (?, ?, ?)")) {
            for (int i = 1; i <= 20; i++) {
                insert.setInt(1, i);
                insert.setString(2, "v".repeat(i % 5 == 0 ? 30000 : i * 100));
                insert.setString(3, "w".repeat(i % 5 == 0 ? 30000 : i * 100));
                insert.executeUpdate();
            }
        }
        try (Statement statement = connection.createStatement(ResultSet.TYPE_SCROLL_INSENSITIVE, ResultSet.CONCUR_READ_ONLY);
             ResultSet rows = statement.executeQuery("SELECT ID, V, W FROM WIDE ORDER BY ID")) {
            Observations.attempt("scrollable: wide rows", () -> {
                StringBuilder seen = new StringBuilder();
                for (int row : new int[] { 1, 20, 5, 6, 4, 19, 15, 10, -1 }) {
                    rows.absolute(row);
                    seen.append(rows.getInt(1)).append(':').append(rows.getString(2).length() + rows.getString(3).length()).append(' ');
                }
                return seen;
            });
        }
        Observations.execute(connection, "DROP TABLE WIDE");
    }

    private static Statement updating(Connection connection) throws SQLException {
        return connection.createStatement(ResultSet.TYPE_FORWARD_ONLY, ResultSet.CONCUR_UPDATABLE);
    }

    private static String changed(Connection connection) throws SQLException {
        return Observations.query(connection, "SELECT ID, V FROM ROWSET WHERE ID < 8 OR ID > 3000 ORDER BY ID");
    }

    private static void observeUpdating(Connection connection) throws SQLException {
        Observations.attempt("updatable", () -> {
            try (Statement statement = updating(connection);
                 ResultSet rows = statement.executeQuery("SELECT ID, V FROM ROWSET WHERE ID < 8")) {
                while (rows.next()) {
                    if (rows.getInt(1) == 3) {
                        rows.deleteRow();
                    } else if (rows.getInt(1) % 2 == 0) {
                        rows.updateString("V", "updated " + rows.getInt(1));
                        rows.updateRow();
                    }
                }
                return rows.getConcurrency() + " " + rows.getWarnings();
            }
        });
        Observations.attempt("updated", () -> changed(connection));
        Observations.attempt("insertRow", () -> {
            try (Statement statement = updating(connection); ResultSet rows = statement.executeQuery("SELECT ID, V FROM ROWSET")) {
                rows.moveToInsertRow();
                rows.updateInt(1, 3001);
                rows.insertRow();
                rows.moveToCurrentRow();
                return rows.next();
            }
        });
        Observations.attempt("inserted", () -> changed(connection));
        Observations.attempt("NULL where none may be", () -> {
            try (Statement statement = updating(connection); ResultSet rows = statement.executeQuery("SELECT ID, V FROM ROWSET")) {
                rows.next();
                rows.updateNull(1);
                rows.updateRow();
                return "updated";
            }
        });
        Observations.attempt("a row that was deleted", () -> {
            try (Statement statement = updating(connection); ResultSet rows = statement.executeQuery("SELECT ID, V FROM ROWSET")) {
                rows.next();
                rows.deleteRow();
                rows.updateString(2, "too late");
                rows.updateRow();
                return "updated";
            }
        });
        Observations.attempt("updatable over COMMIT", () -> {
            try (Statement statement = connection.createStatement(ResultSet.TYPE_FORWARD_ONLY, ResultSet.CONCUR_UPDATABLE,
                 ResultSet.HOLD_CURSORS_OVER_COMMIT); ResultSet rows = statement.executeQuery("SELECT ID, V FROM ROWSET WHERE ID < 8")) {
                rows.next();
                connection.commit();
                rows.next();
                rows.updateString(2, "held");
                rows.updateRow();
                return "updated";
            }
        });
        Observations.attempt("all that was changed", () -> changed(connection));
        String[] queries = { "SELECT * FROM ROWSET", "SELECT R.V FROM ROWSET R WHERE R.ID IN (SELECT ID FROM ROWSET)", "SELECT DISTINCT V FROM ROWSET",
            "SELECT V, COUNT(*) FROM ROWSET GROUP BY V", "SELECT A.V FROM ROWSET A, ROWSET B", "SELECT V FROM (SELECT * FROM ROWSET) X",
            "SELECT ID FROM ROWSET UNION SELECT 1 FROM ROWSET", "SELECT ID + 1 FROM ROWSET", "SELECT V FROM ROWSET ORDER BY V" };
        for (String query : queries) {
            Observations.attempt("concurrency of " + query, () -> {
                try (Statement statement = updating(connection); ResultSet rows = statement.executeQuery(query)) {
                    return rows.getConcurrency() + " " + (rows.getWarnings() == null ? "" : rows.getWarnings().getSQLState());
                }
            });
        }
        for (String clause : new String[] { "FOR UPDATE", "FOR UPDATE OF V" }) {
            try (Statement statement = connection.createStatement(ResultSet.TYPE_FORWARD_ONLY, ResultSet.CONCUR_UPDATABLE)) {
                Observations.attempt("rows " + clause, () -> Observations.rows(
                    statement.executeQuery("SELECT ID FROM ROWSET WHERE ID < 4 " + clause)));
            }
        }
        observePositioned(connection);
    }

    /** The names of cursors are Derby's client's, which sends those that it knows as the server knows them. */
    private static void observePositioned(Connection connection) throws SQLException {
        try (Statement cursor = connection.createStatement(); Statement change = connection.createStatement()) {
            cursor.setCursorName("READER");
            try (ResultSet rows = cursor.executeQuery("SELECT ID, V FROM ROWSET WHERE ID < 6")) {
                rows.next();
                Observations.attempt("positioned UPDATE of a read-only cursor",
                    () -> change.executeUpdate("UPDATE ROWSET SET V = 'x' WHERE CURRENT OF READER"));
                Observations.attempt("positioned DELETE of a read-only cursor",
                    () -> change.executeUpdate("DELETE FROM ROWSET WHERE CURRENT OF READER"));
                Observations.print("and the cursor goes on", rows.next() + " " + rows.getInt(1));
            }
            Observations.attempt("positioned UPDATE of no cursor",
                () -> change.executeUpdate("UPDATE ROWSET SET V = 'x' WHERE CURRENT OF NOSUCH"));
        }
        try (Statement cursor = connection.createStatement()) {
            cursor.setCursorName("WRITER");
            try (ResultSet rows = cursor.executeQuery("SELECT ID FROM ROWSET WHERE ID < 8 FOR UPDATE");
                 PreparedStatement change = connection.prepareStatement("UPDATE ROWSET SET V = ? WHERE CURRENT OF WRITER")) {
                Observations.attempt("positioned UPDATE before the first row", () -> {
                    change.setString(1, "early");
                    return change.executeUpdate();
                });
                Observations.attempt("positioned UPDATE of each row", () -> {
                    int sum = 0;
                    while (rows.next()) {
                        change.setString(1, "positioned " + rows.getInt(1));
                        sum += change.executeUpdate();
                    }
                    return sum;
                });
                Observations.attempt("positioned UPDATE behind the last row", change::executeUpdate);
            }
            try (ResultSet rows = cursor.executeQuery("SELECT ID FROM ROWSET WHERE ID < 8 FOR UPDATE OF V")) {
                rows.next();
                Observations.attempt("positioned UPDATE of another column",
                    () -> Observations.updateBy(connection, "UPDATE ROWSET SET ID = 77 WHERE CURRENT OF WRITER"));
                Observations.attempt("positioned UPDATE of the column named",
                    () -> Observations.updateBy(connection, "UPDATE ROWSET SET V = 'named' WHERE CURRENT OF WRITER"));
            }
            Observations.attempt("positions", () -> changed(connection));
        }
    }
}
