package database

import (
	"database/sql/driver"
	"io"
	"reflect"
)

// passedRows passes on what the rows of a driver offer. What they do not offer
// has the answer that database/sql would give.
type passedRows struct{ driver.Rows }

var (
	_ driver.RowsNextResultSet              = passedRows{}
	_ driver.RowsColumnTypeScanType         = passedRows{}
	_ driver.RowsColumnTypeDatabaseTypeName = passedRows{}
	_ driver.RowsColumnTypeLength           = passedRows{}
	_ driver.RowsColumnTypeNullable         = passedRows{}
	_ driver.RowsColumnTypePrecisionScale   = passedRows{}
)

// HasNextResultSet implements driver.RowsNextResultSet.
func (r passedRows) HasNextResultSet() bool {
	rows, ok := r.Rows.(driver.RowsNextResultSet)
	return ok && rows.HasNextResultSet()
}

// NextResultSet implements driver.RowsNextResultSet.
func (r passedRows) NextResultSet() error {
	if rows, ok := r.Rows.(driver.RowsNextResultSet); ok {
		return rows.NextResultSet()
	}
	return io.EOF
}

// ColumnTypeScanType implements driver.RowsColumnTypeScanType.
func (r passedRows) ColumnTypeScanType(i int) reflect.Type {
	if rows, ok := r.Rows.(driver.RowsColumnTypeScanType); ok {
		return rows.ColumnTypeScanType(i)
	}
	return reflect.TypeFor[any]()
}

// ColumnTypeDatabaseTypeName implements driver.RowsColumnTypeDatabaseTypeName.
func (r passedRows) ColumnTypeDatabaseTypeName(i int) string {
	if rows, ok := r.Rows.(driver.RowsColumnTypeDatabaseTypeName); ok {
		return rows.ColumnTypeDatabaseTypeName(i)
	}
	return ""
}

// ColumnTypeLength implements driver.RowsColumnTypeLength.
func (r passedRows) ColumnTypeLength(i int) (length int64, ok bool) {
	if rows, ok := r.Rows.(driver.RowsColumnTypeLength); ok {
		return rows.ColumnTypeLength(i)
	}
	return 0, false
}

// ColumnTypeNullable implements driver.RowsColumnTypeNullable.
func (r passedRows) ColumnTypeNullable(i int) (nullable, ok bool) {
	if rows, ok := r.Rows.(driver.RowsColumnTypeNullable); ok {
		return rows.ColumnTypeNullable(i)
	}
	return false, false
}

// ColumnTypePrecisionScale implements driver.RowsColumnTypePrecisionScale.
func (r passedRows) ColumnTypePrecisionScale(i int) (precision, scale int64, ok bool) {
	if rows, ok := r.Rows.(driver.RowsColumnTypePrecisionScale); ok {
		return rows.ColumnTypePrecisionScale(i)
	}
	return 0, 0, false
}
