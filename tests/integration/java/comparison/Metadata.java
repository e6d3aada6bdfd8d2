import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/** DatabaseMetaData: all properties, and the result sets of the catalog. */
final class Metadata {
    /** Of the client, not of the server. */
    private static final List<String> OF_THE_CLIENT = List.of("getURL", "toString", "hashCode");

    private Metadata() {
    }

    private static boolean isProperty(Method method) {
        Class<?> type = method.getReturnType();
        boolean plain = type == boolean.class || type == int.class || type == long.class || type == String.class;
        return plain && method.getParameterCount() == 0 && !OF_THE_CLIENT.contains(method.getName());
    }

    static void observeProperties(Connection connection) throws SQLException {
        DatabaseMetaData metadata = connection.getMetaData();
        Method[] methods = DatabaseMetaData.class.getMethods();
        Arrays.sort(methods, Comparator.comparing(Method::getName));
        for (Method method : methods) {
            if (isProperty(method)) {
                Observations.attempt(method.getName(), () -> call(metadata, method));
            }
        }
    }

    private static Object call(DatabaseMetaData metadata, Method method) throws SQLException {
        try {
            return method.invoke(metadata);
        } catch (InvocationTargetException failure) {
            if (failure.getCause() instanceof SQLException cause) {
                throw cause;
            }
            throw new IllegalStateException(failure);
        } catch (IllegalAccessException failure) {
            throw new IllegalStateException(failure);
        }
    }

    private interface Question {
        ResultSet ask(DatabaseMetaData metadata, String schema) throws SQLException;
    }

    /** The columns of the answer, then its rows one by one, each called by its `keys`; the session's own schema reads as "(schema)". */
    private static void show(Connection connection, String name, Question question, int... keys) throws SQLException {
        String schema = connection.getSchema();
        try (ResultSet rows = question.ask(connection.getMetaData(), schema)) {
            ResultSetMetaData metadata = rows.getMetaData();
            Observations.print(name + " columns", Observations.columns(metadata));
            int count = 0;
            while (rows.next()) {
                StringBuilder key = new StringBuilder(name);
                for (int column : keys) {
                    key.append(' ').append(rows.getString(column));
                }
                for (int i = 1; i <= metadata.getColumnCount(); i++) {
                    String value = rows.getString(i);
                    boolean own = schema != null && schema.equals(value);
                    Observations.print(key + " " + metadata.getColumnLabel(i), own ? "(schema)" : value);
                }
                count++;
            }
            Observations.print(name + " rows", count);
        } catch (SQLException failure) {
            Observations.print(name, Observations.describe(failure));
            failure.printStackTrace();
        }
    }

    static void observeCatalog(Connection connection) throws SQLException {
        String[] drop = { "DROP VIEW CATVIEW", "DROP TABLE CATCHILD", "DROP TABLE CATPARENT", "DROP TABLE CATTYPES" };
        Observations.quietly(connection, drop);
        Observations.execute(connection,
            "create table CatParent (Id integer not null, Region char(2) not null, Name varchar(40) default 'nobody', primary key (Id, Region))",
            "create index CatParentX on CatParent (Name, Id desc)",
            "create unique index CatParentU on CatParent (Region)",
            "create table CatChild (Id integer not null primary key, ParentId integer, ParentRegion char(2), "
                + "foreign key (ParentId, ParentRegion) references CatParent (Id, Region) on delete cascade)",
            "create view CatView as select Id, Name from CatParent",
            "create table CatTypes (A smallint, B integer not null, C bigint, D real, E double, F decimal(9,2), G char(8), H varchar(30), "
                + "I date, J time, K timestamp, L char(4) for bit data, M varchar(5) for bit data, N clob(1000), O blob(1000), P boolean, "
                + "Q long varchar, R numeric(4), S float, T integer default 42)");
        observeTables(connection);
        observeColumns(connection);
        observeKeys(connection);
        observeOthers(connection);
        Observations.quietly(connection, drop);
    }

    private static void observeTables(Connection connection) throws SQLException {
        show(connection, "tables", (m, s) -> m.getTables(null, null, "CAT%", null), 3);
        show(connection, "tables of the schema", (m, s) -> m.getTables(null, s, "CATPARENT", null), 3);
        show(connection, "views", (m, s) -> m.getTables(null, null, "%", new String[] { "VIEW" }), 3);
        show(connection, "tables of no schema", (m, s) -> m.getTables(null, "NOSUCH", "%", null), 3);
        show(connection, "tables by a mark", (m, s) -> m.getTables(null, null, "CATCHIL_", new String[] { "TABLE" }), 3);
        show(connection, "tables in small letters", (m, s) -> m.getTables(null, null, "catchild", new String[] { "TABLE" }), 3);
        show(connection, "table types", (m, s) -> m.getTableTypes(), 1);
        show(connection, "own schema", (m, s) -> m.getSchemas(null, s), 1);
        show(connection, "schemas", (m, s) -> m.getSchemas(), 1);
        show(connection, "catalogs", (m, s) -> m.getCatalogs(), 1);
    }

    private static void observeColumns(Connection connection) throws SQLException {
        show(connection, "columns", (m, s) -> m.getColumns(null, s, "CAT%", "%"), 3, 4);
        show(connection, "one column", (m, s) -> m.getColumns(null, null, "CATPARENT", "N%"), 3, 4);
        show(connection, "no column", (m, s) -> m.getColumns(null, null, "CATPARENT", "NOSUCH"), 3, 4);
    }

    private static void observeKeys(Connection connection) throws SQLException {
        show(connection, "primary key", (m, s) -> m.getPrimaryKeys(null, s, "CATPARENT"), 4);
        show(connection, "primary key of a column", (m, s) -> m.getPrimaryKeys(null, s, "CATCHILD"), 4);
        show(connection, "imported keys", (m, s) -> m.getImportedKeys(null, s, "CATCHILD"), 8);
        show(connection, "exported keys", (m, s) -> m.getExportedKeys(null, s, "CATPARENT"), 8);
        show(connection, "cross reference", (m, s) -> m.getCrossReference(null, s, "CATPARENT", null, s, "CATCHILD"), 8);
        show(connection, "indexes", (m, s) -> m.getIndexInfo(null, s, "CATPARENT", false, true), 9, 10, 8);
        show(connection, "unique indexes", (m, s) -> m.getIndexInfo(null, s, "CATPARENT", true, true), 9, 10, 8);
        show(connection, "best row identifier", (m, s) -> m.getBestRowIdentifier(null, s, "CATPARENT", DatabaseMetaData.bestRowSession, true), 2);
        show(connection, "version columns", (m, s) -> m.getVersionColumns(null, s, "CATPARENT"), 2);
    }

    private static void observeOthers(Connection connection) throws SQLException {
        show(connection, "type", (m, s) -> m.getTypeInfo(), 1);
        show(connection, "procedures", (m, s) -> m.getProcedures(null, s, "%"), 3);
        show(connection, "procedure columns", (m, s) -> m.getProcedureColumns(null, s, "%", "%"), 3, 4);
        show(connection, "functions", (m, s) -> m.getFunctions(null, s, "%"), 3);
        show(connection, "function columns", (m, s) -> m.getFunctionColumns(null, s, "%", "%"), 3, 4);
        show(connection, "user-defined types", (m, s) -> m.getUDTs(null, s, "%", null), 3);
        show(connection, "table privileges", (m, s) -> m.getTablePrivileges(null, s, "CATCHILD"), 3, 6);
        show(connection, "column privileges", (m, s) -> m.getColumnPrivileges(null, s, "CATCHILD", "%"), 4, 7);
        show(connection, "supertables", (m, s) -> m.getSuperTables(null, s, "%"), 3);
        show(connection, "supertypes", (m, s) -> m.getSuperTypes(null, s, "%"), 3);
        show(connection, "attributes", (m, s) -> m.getAttributes(null, s, "%", "%"), 3);
        show(connection, "client information", (m, s) -> m.getClientInfoProperties(), 1);
    }
}
