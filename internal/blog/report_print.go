package blog

import (
	"fmt"
	"io"
	"reflect"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"
	"unicode"
)

// printReport prints rows as a table, and a struct as lines, with the names that
// JSON has.
func printReport(out io.Writer, report any) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	printValue(w, reflect.ValueOf(report))
	return w.Flush()
}

// The writer keeps its first error for Flush.
func printValue(w *tabwriter.Writer, v reflect.Value) {
	if v.Kind() == reflect.Slice {
		fields := jsonFields(v.Type().Elem())
		line := make([]string, len(fields))
		for i, f := range fields {
			line[i] = strings.ToUpper(jsonName(f))
		}
		_, _ = fmt.Fprintln(w, strings.Join(line, "\t"))
		for n := range v.Len() {
			for i, f := range fields {
				line[i] = cell(v.Index(n).FieldByIndex(f.Index))
			}
			_, _ = fmt.Fprintln(w, strings.Join(line, "\t"))
		}
		return
	}
	for _, f := range jsonFields(v.Type()) {
		value := v.FieldByIndex(f.Index)
		if f.Type.Kind() == reflect.Struct && f.Type != reflect.TypeFor[time.Time]() || f.Type.Kind() == reflect.Slice {
			_, _ = fmt.Fprintf(w, "\n%s\n", jsonName(f))
			printValue(w, value)
			continue
		}
		_, _ = fmt.Fprintf(w, "%s\t%s\n", jsonName(f), cell(value))
	}
}

func jsonFields(t reflect.Type) (fields []reflect.StructField) {
	for _, f := range reflect.VisibleFields(t) {
		if !f.Anonymous && f.IsExported() {
			fields = append(fields, f)
		}
	}
	return fields
}

func jsonName(f reflect.StructField) string {
	name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
	return name
}

// cell is a value in one line.
func cell(v reflect.Value) string {
	if v.Kind() == reflect.Pointer {
		if v.IsNil() {
			return "-"
		}
		v = v.Elem()
	}
	switch x := v.Interface().(type) {
	case time.Time:
		return x.Format(time.RFC3339)
	case float64:
		return strconv.FormatFloat(x, 'f', -1, 64)
	case []string:
		return oneLine(strings.Join(x, ", "))
	default:
		return oneLine(fmt.Sprint(x))
	}
}

// oneLine takes what would break a line, or drive a terminal, out of a text.
func oneLine(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, text)
}
