// Package schema declares the entities of the reference application, a blog
// with accounts, roles and a small shop.
//
// A schema is data: fields, edges, indexes and annotations. What the data
// means (rules are checked, deleted rows are hidden, passwords are hashed,
// the API shows this and not that) is the framework's part, so no schema has
// a hook or imports generated code:
//
//	func (Tag) Fields() []ent.Field {
//		return []ent.Field{
//			field.String("name").Unique().
//				Annotations(rule.Trim(), rule.Lower(), rule.Length(1, 100)),
//		}
//	}
//
// Some conventions hold in all of them:
//
//   - Tables are named in the plural, and keys are int64; organizations have
//     UUIDs, as an example of the other kind.
//   - Each foreign key is a field of its own, named after what it points to,
//     and each edge says what happens to its rows when the parent goes.
//   - What is compared as an identity (user names, e-mail addresses, slugs, the
//     names of roles and tags) is stored in lower case, because the databases
//     differ in whether UNIQUE ignores case.
//   - A deleted row sets its unique values free: they are unique among the
//     living. It is restored once nobody else has them.
//   - Clients never set privileges, counters or history: those fields and types
//     are read-only, and services write them. A row stays with the user and the
//     post that it was made for, unless a service moves it.
package schema
