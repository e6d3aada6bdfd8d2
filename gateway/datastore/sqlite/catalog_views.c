/* The result sets of the catalog. Their columns are those of JDBC's DatabaseMetaData, described as Derby does. */
#include "gateway/datastore/sqlite/catalog.h"

#define PLACED .table = "", .schema = ""
#define TEXT(label, size)                                               \
    {                                                                   \
        .name = label, PLACED, .type = SQL_TYPE_VARCHAR, .length = size \
    }
#define TEXT_OR_NULL(label, size)                                                         \
    {                                                                                     \
        .name = label, PLACED, .type = SQL_TYPE_VARCHAR, .length = size, .nullable = true \
    }
#define NAME(label) TEXT(label, SQL_NAME_MAX)
#define NAME_OR_NULL(label) TEXT_OR_NULL(label, SQL_NAME_MAX)
#define SMALL(label)                                     \
    {                                                    \
        .name = label, PLACED, .type = SQL_TYPE_SMALLINT \
    }
#define SMALL_OR_NULL(label)                                               \
    {                                                                      \
        .name = label, PLACED, .type = SQL_TYPE_SMALLINT, .nullable = true \
    }
#define INT(label)                                      \
    {                                                   \
        .name = label, PLACED, .type = SQL_TYPE_INTEGER \
    }
#define INT_OR_NULL(label)                                                \
    {                                                                     \
        .name = label, PLACED, .type = SQL_TYPE_INTEGER, .nullable = true \
    }
#define BIG_OR_NULL(label)                                               \
    {                                                                    \
        .name = label, PLACED, .type = SQL_TYPE_BIGINT, .nullable = true \
    }
#define YES_OR_NO(label)                                \
    {                                                   \
        .name = label, PLACED, .type = SQL_TYPE_BOOLEAN \
    }
#define YES_NO_OR_NULL(label)                                             \
    {                                                                     \
        .name = label, PLACED, .type = SQL_TYPE_BOOLEAN, .nullable = true \
    }
#define LETTER(label)                                             \
    {                                                             \
        .name = label, PLACED, .type = SQL_TYPE_CHAR, .length = 1 \
    }

#define VIEW(view, text)                                                                                           \
    const struct catalog_view catalog_##view = { .columns = view##_columns,                                        \
                                                 .column_count = sizeof view##_columns / sizeof view##_columns[0], \
                                                 .query = text }

/* Without an argument, or with a pattern that fits; names are compared as SQLite compares them, whatever their case. */
#define FITS(value, argument) "(" argument " IS NULL OR " value " LIKE " argument " ESCAPE '\\')"
#define IN_SCHEMA(argument) FITS("'" CATALOG_SCHEMA "'", argument)
#define IS_NAME(value, argument) "(" argument " IS NULL OR " value " = " argument " COLLATE NOCASE)"

/* Tables and views with the type that JDBC knows them by. Shadow tables belong to a virtual table as SQLite's own belong to it. */
#define TABLES                                                                                                                          \
    "tables(name, type, is_readable, without_rowid) AS (SELECT name,"                                                                   \
    " CASE WHEN type = 'shadow' OR name LIKE 'sqlite\\_%' ESCAPE '\\' THEN 'SYSTEM TABLE' WHEN type = 'view' THEN 'VIEW' ELSE 'TABLE' " \
    "END,"                                                                                                                              \
    " type <> 'view' OR catalog_is_readable(name), wr FROM pragma_table_list WHERE schema = 'main')"

/* Their columns. The one that is another name of the rowid is never NULL, and numbers itself. */
#define COLUMNS                                                                                         \
    "listed AS (SELECT t.name AS table_name, t.without_rowid, t.type AS table_type, c.* FROM tables t"  \
    " JOIN pragma_table_xinfo(CASE WHEN t.is_readable THEN t.name END, 'main') c WHERE c.hidden <> 1)," \
    "columns AS (SELECT *, pk = 1 AND NOT without_rowid AND type = 'INTEGER' COLLATE NOCASE"            \
    " AND NOT EXISTS (SELECT 1 FROM listed o WHERE o.table_name = l.table_name AND o.pk > 1) AS is_rowid FROM listed l)"

static const struct sql_column tables_columns[] = {
    NAME("TABLE_CAT"),
    NAME("TABLE_SCHEM"),
    NAME("TABLE_NAME"),
    TEXT_OR_NULL("TABLE_TYPE", 12),
    NAME("REMARKS"),
    NAME_OR_NULL("TYPE_CAT"),
    NAME_OR_NULL("TYPE_SCHEM"),
    NAME_OR_NULL("TYPE_NAME"),
    NAME_OR_NULL("SELF_REFERENCING_COL_NAME"),
    NAME_OR_NULL("REF_GENERATION"),
};
/* The wanted types come as 'TABLE','VIEW'. */
VIEW(tables,
     "WITH " TABLES "SELECT '', '" CATALOG_SCHEMA "', name, type, '', NULL, NULL, NULL, NULL, NULL FROM tables"
     " WHERE " IN_SCHEMA("?2") " AND " FITS(
         "name", "?3") " AND (?4 IS NULL OR instr(',' || replace(?4, '''', '') || ',', ',' || type || ',') > 0) ORDER BY type, name");

static const struct sql_column table_types_columns[] = { TEXT_OR_NULL("TABLE_TYPE", 12) };
VIEW(table_types, "VALUES ('SYSTEM TABLE'), ('TABLE'), ('VIEW')");

static const struct sql_column schemas_columns[] = { NAME("TABLE_SCHEM"), NAME_OR_NULL("TABLE_CATALOG") };
/* GETSCHEMAS=2 has a pattern. */
VIEW(schemas, "SELECT '" CATALOG_SCHEMA "', NULL WHERE ?5 NOT LIKE '%GETSCHEMAS=2%' OR " IN_SCHEMA("?2"));

static const struct sql_column catalogs_columns[] = { { .name = "TABLE_CAT", PLACED, .type = SQL_TYPE_CHAR, .length = 15 } };
VIEW(catalogs, "SELECT '' WHERE 0");

static const struct sql_column columns_columns[] = {
    NAME("TABLE_CAT"),
    NAME("TABLE_SCHEM"),
    NAME("TABLE_NAME"),
    NAME("COLUMN_NAME"),
    INT_OR_NULL("DATA_TYPE"),
    NAME_OR_NULL("TYPE_NAME"),
    INT_OR_NULL("COLUMN_SIZE"),
    INT_OR_NULL("BUFFER_LENGTH"),
    INT_OR_NULL("DECIMAL_DIGITS"),
    INT_OR_NULL("NUM_PREC_RADIX"),
    INT_OR_NULL("NULLABLE"),
    NAME("REMARKS"),
    TEXT_OR_NULL("COLUMN_DEF", 254),
    INT_OR_NULL("SQL_DATA_TYPE"),
    INT_OR_NULL("SQL_DATETIME_SUB"),
    INT_OR_NULL("CHAR_OCTET_LENGTH"),
    INT("ORDINAL_POSITION"),
    NAME("IS_NULLABLE"),
    NAME_OR_NULL("SCOPE_CATALOG"),
    NAME_OR_NULL("SCOPE_SCHEMA"),
    NAME_OR_NULL("SCOPE_TABLE"),
    SMALL_OR_NULL("SOURCE_DATA_TYPE"),
    NAME("IS_AUTOINCREMENT"),
    NAME("IS_GENERATEDCOLUMN"),
    NAME_OR_NULL("SCOPE_CATLOG"),
};
VIEW(columns,
     "WITH " TABLES "," COLUMNS "SELECT '', '" CATALOG_SCHEMA
     "', table_name, name, catalog_type_number(type), catalog_type_name(type), catalog_type_precision(type),"
     " NULL, catalog_type_scale(type), catalog_type_radix(type), NOT (\"notnull\" OR is_rowid), '', substr(dflt_value, 1, 254), NULL, NULL,"
     " catalog_type_octets(type), cid + 1, iif(\"notnull\" OR is_rowid, 'NO', 'YES'), NULL, NULL, NULL, NULL,"
     " iif(is_rowid, 'YES', 'NO'), iif(hidden > 1, 'YES', 'NO'), NULL FROM columns"
     " WHERE " IN_SCHEMA("?2") " AND " FITS("table_name", "?3") " AND " FITS("name", "?4") " ORDER BY table_name, cid");

static const struct sql_column primary_keys_columns[] = {
    NAME("TABLE_CAT"), NAME("TABLE_SCHEM"), NAME("TABLE_NAME"), NAME("COLUMN_NAME"), SMALL_OR_NULL("KEY_SEQ"), NAME("PK_NAME"),
};
/* SQLite does not tell the names of constraints; these tell keys apart all the same. */
VIEW(primary_keys, "WITH " TABLES "," COLUMNS "SELECT '', '" CATALOG_SCHEMA "', table_name, name, pk, 'PK_' || table_name FROM columns"
                   " WHERE pk > 0 AND " IN_SCHEMA("?2") " AND " IS_NAME("table_name", "?3") " ORDER BY name");

static const struct sql_column foreign_keys_columns[] = {
    NAME("PKTABLE_CAT"),      NAME("PKTABLE_SCHEM"),          NAME("PKTABLE_NAME"),         NAME("PKCOLUMN_NAME"),
    NAME("FKTABLE_CAT"),      NAME("FKTABLE_SCHEM"),          NAME("FKTABLE_NAME"),         NAME("FKCOLUMN_NAME"),
    SMALL_OR_NULL("KEY_SEQ"), SMALL_OR_NULL("UPDATE_RULE"),   SMALL_OR_NULL("DELETE_RULE"), NAME("FK_NAME"),
    NAME("PK_NAME"),          SMALL_OR_NULL("DEFERRABILITY"),
};
#define RULE(column) \
    "CASE " column " WHEN 'CASCADE' THEN 0 WHEN 'RESTRICT' THEN 1 WHEN 'SET NULL' THEN 2 WHEN 'SET DEFAULT' THEN 4 ELSE 3 END"
/* A key that names no columns of its parent means the parent's primary key. Imported keys are asked for by the child, exported ones by
 * the parent; the other name does not count then. */
VIEW(foreign_keys,
     "WITH " TABLES "," COLUMNS ",keys AS (SELECT f.id, f.seq, f.on_update, f.on_delete, t.name AS child, f.\"from\" AS child_column,"
     " p.name AS parent, coalesce(f.\"to\", (SELECT c.name FROM columns c WHERE c.table_name = p.name AND c.pk = f.seq + 1)) AS "
     "parent_column"
     " FROM tables t JOIN pragma_foreign_key_list(t.name, 'main') f JOIN tables p ON p.name = f.\"table\" COLLATE NOCASE"
     " WHERE t.type = 'TABLE')"
     "SELECT '', '" CATALOG_SCHEMA "', parent, parent_column, '', '" CATALOG_SCHEMA
     "', child, child_column, seq + 1, " RULE("on_update") ", " RULE(
         "on_delete") ", 'FK_' || child || '_' || id, 'PK_' || parent, 7 FROM keys WHERE parent_column IS NOT NULL"
                      " AND (coalesce(?7, '') LIKE '%IMPORTEDKEY=1%' OR (" IN_SCHEMA("?2") " AND " IS_NAME(
                          "parent", "?3") "))"
                                          " AND (coalesce(?7, '') LIKE '%EXPORTEDKEY=1%' OR (" IN_SCHEMA("?5") " AND " IS_NAME(
                                              "child",
                                              "?6") "))"
                                                    " ORDER BY iif(coalesce(?7, '') LIKE '%IMPORTEDKEY=1%', parent, child), seq, id");

static const struct sql_column statistics_columns[] = {
    NAME("TABLE_CAT"),
    NAME("TABLE_SCHEM"),
    NAME("TABLE_NAME"),
    YES_OR_NO("NON_UNIQUE"),
    NAME("INDEX_QUALIFIER"),
    NAME_OR_NULL("INDEX_NAME"),
    SMALL_OR_NULL("TYPE"),
    SMALL_OR_NULL("ORDINAL_POSITION"),
    NAME_OR_NULL("COLUMN_NAME"),
    LETTER("ASC_OR_DESC"),
    BIG_OR_NULL("CARDINALITY"),
    BIG_OR_NULL("PAGES"),
    NAME_OR_NULL("FILTER_CONDITION"),
};
/* ?4 is 0 for unique indexes only; 3 is tableIndexOther. A column that is an expression has no name. */
VIEW(statistics,
     "WITH " TABLES "SELECT '', '" CATALOG_SCHEMA "', t.name, NOT i.\"unique\", '', i.name, 3, x.seqno + 1, x.name,"
     " iif(x.desc, 'D', 'A'), NULL, NULL, NULL FROM tables t JOIN pragma_index_list(t.name, 'main') i"
     " JOIN pragma_index_xinfo(i.name, 'main') x WHERE x.key AND " IN_SCHEMA("?2") " AND " IS_NAME(
         "t.name", "?3") " AND (i.\"unique\" OR coalesce(CAST(?4 AS INTEGER), 1) <> 0) ORDER BY NOT i.\"unique\", i.name, x.seqno");

static const struct sql_column special_columns_columns[] = {
    SMALL_OR_NULL("SCOPE"),     NAME("COLUMN_NAME"),          INT_OR_NULL("DATA_TYPE"),        NAME_OR_NULL("TYPE_NAME"),
    INT_OR_NULL("COLUMN_SIZE"), INT_OR_NULL("BUFFER_LENGTH"), SMALL_OR_NULL("DECIMAL_DIGITS"), SMALL_OR_NULL("PSEUDO_COLUMN"),
};
/* ?1 is 1 for the columns that identify a row best, and 2 for those that change with it, of which SQLite has none. The answer holds
 * as long as the session, and the columns are no pseudo columns. */
VIEW(special_columns,
     "WITH " TABLES "," COLUMNS "SELECT 2, name, catalog_type_number(type), catalog_type_name(type), catalog_type_precision(type),"
     " NULL, catalog_type_scale(type), 1 FROM columns WHERE pk > 0 AND CAST(?1 AS INTEGER) = 1 AND " IN_SCHEMA("?3") " AND " IS_NAME(
         "table_name", "?4") " ORDER BY pk");

static const struct sql_column types_columns[] = {
    NAME_OR_NULL("TYPE_NAME"),
    INT("DATA_TYPE"),
    INT_OR_NULL("PRECISION"),
    TEXT_OR_NULL("LITERAL_PREFIX", 10),
    TEXT_OR_NULL("LITERAL_SUFFIX", 10),
    TEXT_OR_NULL("CREATE_PARAMS", 20),
    SMALL("NULLABLE"),
    YES_OR_NO("CASE_SENSITIVE"),
    SMALL("SEARCHABLE"),
    YES_NO_OR_NULL("UNSIGNED_ATTRIBUTE"),
    YES_OR_NO("FIXED_PREC_SCALE"),
    YES_NO_OR_NULL("AUTO_INCREMENT"),
    NAME_OR_NULL("LOCAL_TYPE_NAME"),
    SMALL_OR_NULL("MINIMUM_SCALE"),
    SMALL_OR_NULL("MAXIMUM_SCALE"),
    INT_OR_NULL("SQL_DATA_TYPE"),
    INT_OR_NULL("SQL_DATETIME_SUB"),
    INT_OR_NULL("NUM_PREC_RADIX"),
};
/* Everything can be NULL and searched for; ?1 is a number of java.sql.Types, or 0 for all. */
VIEW(
    types,
    "WITH types(name, number, precision, prefix, suffix, parameters, is_text, is_signed, is_fixed, numbers_itself, scale, radix) AS (VALUES"
    " ('BIGINT', -5, 19, NULL, NULL, NULL, 0, 1, 0, 0, 0, 10),"
    " ('LONG VARCHAR FOR BIT DATA', -4, 32700, 'X''', '''', NULL, 0, 0, 0, 0, NULL, NULL),"
    " ('VARCHAR () FOR BIT DATA', -3, 32672, 'X''', '''', 'length', 0, 0, 0, 0, NULL, NULL),"
    " ('CHAR () FOR BIT DATA', -2, 254, 'X''', '''', 'length', 0, 0, 0, 0, NULL, NULL),"
    " ('LONG VARCHAR', -1, 32700, '''', '''', NULL, 1, 0, 0, 0, NULL, NULL),"
    " ('CHAR', 1, 254, '''', '''', 'length', 1, 0, 0, 0, NULL, NULL),"
    " ('NUMERIC', 2, 31, NULL, NULL, 'precision,scale', 0, 1, 1, 0, 31, 10),"
    " ('DECIMAL', 3, 31, NULL, NULL, 'precision,scale', 0, 1, 1, 0, 31, 10),"
    " ('INTEGER', 4, 10, NULL, NULL, NULL, 0, 1, 0, 1, 0, 10),"
    " ('SMALLINT', 5, 5, NULL, NULL, NULL, 0, 1, 0, 0, 0, 10),"
    " ('FLOAT', 6, 52, NULL, NULL, 'precision', 0, 1, 0, 0, NULL, 2),"
    " ('REAL', 7, 23, NULL, NULL, NULL, 0, 1, 0, 0, NULL, 2),"
    " ('DOUBLE', 8, 52, NULL, NULL, NULL, 0, 1, 0, 0, NULL, 2),"
    " ('VARCHAR', 12, 32672, '''', '''', 'length', 1, 0, 0, 0, NULL, NULL),"
    " ('BOOLEAN', 16, 1, NULL, NULL, NULL, 0, 0, 0, 0, NULL, NULL),"
    " ('DATE', 91, 10, '''', '''', NULL, 0, 0, 0, 0, 0, 10),"
    " ('TIME', 92, 8, '''', '''', NULL, 0, 0, 0, 0, 0, 10),"
    " ('TIMESTAMP', 93, 29, '''', '''', NULL, 0, 0, 0, 0, 9, 10),"
    " ('BLOB', 2004, 2147483647, 'X''', '''', 'length', 0, 0, 0, 0, NULL, NULL),"
    " ('CLOB', 2005, 2147483647, '''', '''', 'length', 1, 0, 0, 0, NULL, NULL))"
    "SELECT name, number, precision, prefix, suffix, parameters, 1, is_text, 3, NOT is_signed, is_fixed, numbers_itself, name,"
    " iif(scale IS NULL, NULL, 0), scale, NULL, NULL, radix FROM types"
    " WHERE coalesce(CAST(?1 AS INTEGER), 0) IN (0, number) ORDER BY number");

static const struct sql_column procedures_columns[] = {
    NAME("PROCEDURE_CAT"),          NAME("PROCEDURE_SCHEM"),         NAME("PROCEDURE_NAME"),
    INT_OR_NULL("RESERVED1"),       INT_OR_NULL("RESERVED2"),        INT_OR_NULL("RESERVED3"),
    TEXT_OR_NULL("REMARKS", 32672), SMALL_OR_NULL("PROCEDURE_TYPE"), NAME("SPECIFIC_NAME"),
};
VIEW(procedures, NULL);

static const struct sql_column procedure_columns_columns[] = {
    NAME_OR_NULL("PROCEDURE_CAT"),
    NAME("PROCEDURE_SCHEM"),
    NAME("PROCEDURE_NAME"),
    NAME("COLUMN_NAME"),
    SMALL("COLUMN_TYPE"),
    INT("DATA_TYPE"),
    TEXT("TYPE_NAME", 22),
    INT("PRECISION"),
    INT("LENGTH"),
    SMALL_OR_NULL("SCALE"),
    SMALL_OR_NULL("RADIX"),
    SMALL("NULLABLE"),
    TEXT_OR_NULL("REMARKS", 22),
    TEXT_OR_NULL("COLUMN_DEF", 254),
    INT_OR_NULL("SQL_DATA_TYPE"),
    INT_OR_NULL("SQL_DATETIME_SUB"),
    INT_OR_NULL("CHAR_OCTET_LENGTH"),
    INT("ORDINAL_POSITION"),
    NAME("IS_NULLABLE"),
    NAME("SPECIFIC_NAME"),
    SMALL("METHOD_ID"),
    SMALL("PARAMETER_ID"),
};
VIEW(procedure_columns, NULL);

static const struct sql_column functions_columns[] = {
    NAME_OR_NULL("FUNCTION_CAT"),   NAME("FUNCTION_SCHEM"), NAME("FUNCTION_NAME"),
    TEXT_OR_NULL("REMARKS", 32672), SMALL("FUNCTION_TYPE"), NAME("SPECIFIC_NAME"),
};
VIEW(functions, NULL);

static const struct sql_column function_columns_columns[] = {
    NAME_OR_NULL("FUNCTION_CAT"),
    NAME("FUNCTION_SCHEM"),
    NAME("FUNCTION_NAME"),
    NAME("COLUMN_NAME"),
    SMALL("COLUMN_TYPE"),
    INT("DATA_TYPE"),
    TEXT("TYPE_NAME", 22),
    INT("PRECISION"),
    INT("LENGTH"),
    SMALL_OR_NULL("SCALE"),
    SMALL_OR_NULL("RADIX"),
    SMALL("NULLABLE"),
    TEXT_OR_NULL("REMARKS", 22),
    INT_OR_NULL("CHAR_OCTET_LENGTH"),
    INT("ORDINAL_POSITION"),
    NAME("IS_NULLABLE"),
    NAME("SPECIFIC_NAME"),
    SMALL("METHOD_ID"),
    SMALL("PARAMETER_ID"),
};
VIEW(function_columns, NULL);

static const struct sql_column user_types_columns[] = {
    NAME_OR_NULL("TYPE_CAT"),   NAME_OR_NULL("TYPE_SCHEM"),
    NAME("TYPE_NAME"),          { .name = "CLASS_NAME", PLACED, .type = SQL_TYPE_LONG_VARCHAR, .length = SQL_LONG_VARCHAR_MAX },
    INT("DATA_TYPE"),           NAME_OR_NULL("REMARKS"),
    SMALL_OR_NULL("BASE_TYPE"),
};
VIEW(user_types, NULL);

static const struct sql_column table_privileges_columns[] = {
    NAME("TABLE_CAT"), NAME("TABLE_SCHEM"), NAME("TABLE_NAME"), NAME("GRANTOR"), NAME("GRANTEE"), NAME("PRIVILEGE"), NAME("IS_GRANTABLE"),
};
VIEW(table_privileges, NULL);

static const struct sql_column column_privileges_columns[] = {
    NAME("TABLE_CAT"), NAME("TABLE_SCHEM"), NAME("TABLE_NAME"), NAME("COLUMN_NAME"),
    NAME("GRANTOR"),   NAME("GRANTEE"),     NAME("PRIVILEGE"),  NAME("IS_GRANTABLE"),
};
VIEW(column_privileges, NULL);
