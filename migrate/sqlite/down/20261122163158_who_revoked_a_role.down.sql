-- Description: who_revoked_a_role
-- Revision ID: 20261122163158
-- Reverts to: 20261122133940
-- Create Date: 2026-11-22 16:31:58 UTC
-- Risk: destructive: column user_roles.revoked_by and its values are dropped
-- Risk: locking: SQLite rebuilds table user_roles: it copies all rows and blocks writers meanwhile

-- Disable the enforcement of foreign-keys constraints
PRAGMA foreign_keys = off;
-- Create "new_user_roles" table
CREATE TABLE `new_user_roles` (`id` integer NOT NULL PRIMARY KEY AUTOINCREMENT, `assigned_at` datetime NOT NULL DEFAULT (strftime('%Y-%m-%d %H:%M:%f+00:00', 'now')), `expires_at` datetime NULL, `is_active` bool NOT NULL DEFAULT true, `revoked_at` datetime NULL, `active_key` integer NULL DEFAULT 1, `role_id` integer NOT NULL, `user_id` integer NOT NULL, `assigned_by` integer NULL, CONSTRAINT `user_roles_roles_assignments` FOREIGN KEY (`role_id`) REFERENCES `roles` (`id`) ON UPDATE NO ACTION ON DELETE RESTRICT, CONSTRAINT `user_roles_users_role_assignments` FOREIGN KEY (`user_id`) REFERENCES `users` (`id`) ON UPDATE NO ACTION ON DELETE CASCADE, CONSTRAINT `user_roles_users_assigned_roles` FOREIGN KEY (`assigned_by`) REFERENCES `users` (`id`) ON UPDATE NO ACTION ON DELETE SET NULL, CONSTRAINT `ck_user_roles_active_key` CHECK (is_active = (active_key IS NOT NULL)), CONSTRAINT `ck_user_roles_active_key_range` CHECK (active_key >= 1 AND active_key <= 1));
-- Copy rows from old table "user_roles" to new temporary table "new_user_roles"
INSERT INTO `new_user_roles` (`id`, `assigned_at`, `expires_at`, `is_active`, `revoked_at`, `active_key`, `role_id`, `user_id`, `assigned_by`) SELECT `id`, `assigned_at`, `expires_at`, `is_active`, `revoked_at`, `active_key`, `role_id`, `user_id`, `assigned_by` FROM `user_roles`;
-- Carry over the counter of ids of table "user_roles"
DELETE FROM `sqlite_sequence` WHERE `name` = 'new_user_roles';
INSERT INTO `sqlite_sequence` (`name`, `seq`) SELECT 'new_user_roles', `seq` FROM `sqlite_sequence` WHERE `name` = 'user_roles';
-- Drop "user_roles" table after copying rows
DROP TABLE `user_roles`;
-- Rename temporary table "new_user_roles" to "user_roles"
ALTER TABLE `new_user_roles` RENAME TO `user_roles`;
-- Create index "uq_user_roles_user_id_role_id_active_key" to table: "user_roles"
CREATE UNIQUE INDEX `uq_user_roles_user_id_role_id_active_key` ON `user_roles` (`user_id`, `role_id`, `active_key`);
-- Create index "ix_user_roles_role_id" to table: "user_roles"
CREATE INDEX `ix_user_roles_role_id` ON `user_roles` (`role_id`);
-- Create index "ix_user_roles_assigned_by" to table: "user_roles"
CREATE INDEX `ix_user_roles_assigned_by` ON `user_roles` (`assigned_by`);
-- Enable back the enforcement of foreign-keys constraints
PRAGMA foreign_keys = on;
