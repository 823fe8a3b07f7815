Mon 02 Nov 2026 08:00 Berlin  config/main  in force
Tue 03 Nov 2026 14:00 Berlin  web@8.0.0 staging  starts
Tue 03 Nov 2026 14:00 Berlin  web@8.0.0 prod-eu  starts
Tue 03 Nov 2026 08:00 New York  web@8.0.0 prod-us  waits: prod-eu healthy for 2h; window office-hours-us opens Tue 3 Nov 09:00 New York
Tue 03 Nov 2026 14:30 Berlin  payments@3.0.0 staging  starts
Tue 03 Nov 2026 14:30 Berlin  payments@3.0.0 prod-eu  waits: freeze quarter-close until Wed 4 Nov 00:00 Berlin
Tue 03 Nov 2026 14:30 Berlin  web@8.0.0 staging  done
Tue 03 Nov 2026 14:30 Berlin  web@8.0.0 prod-eu  done
Tue 03 Nov 2026 09:00 New York  web@8.0.0 prod-us  waits: prod-eu healthy for 2h
Tue 03 Nov 2026 15:00 Berlin  payments@3.0.0 staging  done
Tue 03 Nov 2026 10:00 New York  web@8.0.0 prod-us  starts
Tue 03 Nov 2026 10:30 New York  web@8.0.0 prod-us  done
Tue 03 Nov 2026 21:20 Berlin  payments@3.0.0 prod-eu  waits: window office-hours-eu opens Wed 4 Nov 09:00 Berlin; freeze quarter-close until Wed 4 Nov 00:00 Berlin
Wed 04 Nov 2026 00:00 Berlin  payments@3.0.0 prod-eu  waits: window office-hours-eu opens Wed 4 Nov 09:00 Berlin
Wed 04 Nov 2026 09:00 Berlin  payments@3.0.0 prod-eu  starts
Wed 04 Nov 2026 03:00 New York  payments@3.0.0 prod-us  waits: prod-eu healthy for 2h; window office-hours-us opens Wed 4 Nov 09:00 New York
Wed 04 Nov 2026 09:30 Berlin  payments@3.0.0 prod-eu  done
Wed 04 Nov 2026 05:00 New York  payments@3.0.0 prod-us  waits: window office-hours-us opens Wed 4 Nov 09:00 New York
Wed 04 Nov 2026 09:00 New York  payments@3.0.0 prod-us  starts
Wed 04 Nov 2026 09:30 New York  payments@3.0.0 prod-us  done
Tue 10 Nov 2026 14:00 Berlin  web@8.1.0 staging  starts
Tue 10 Nov 2026 14:00 Berlin  web@8.1.0 prod-eu  starts
Tue 10 Nov 2026 14:30 Berlin  web@8.1.0 staging  done
Tue 10 Nov 2026 08:40 New York  web@8.1.0 prod-us  waits: prod-eu healthy for 2h; window office-hours-us opens Tue 10 Nov 09:00 New York
Tue 10 Nov 2026 09:00 New York  web@8.1.0 prod-us  waits: prod-eu healthy for 2h
Tue 10 Nov 2026 15:10 Berlin  ledger@5.1.0 staging  starts
Tue 10 Nov 2026 15:10 Berlin  ledger@5.1.0 prod-eu  starts
Tue 10 Nov 2026 09:10 New York  ledger@5.1.0 prod-us  waits: prod-eu healthy for 2h
Tue 10 Nov 2026 15:10 Berlin  web@8.1.0 prod-eu  done
Tue 10 Nov 2026 15:40 Berlin  ledger@5.1.0 staging  done
Tue 10 Nov 2026 15:40 Berlin  ledger@5.1.0 prod-eu  done
Tue 10 Nov 2026 10:40 New York  web@8.1.0 prod-us  starts
Tue 10 Nov 2026 11:10 New York  ledger@5.1.0 prod-us  waits: prod-us is locked by web@8.1.0 (dep_01M72V12990RBF35M08Y6D8H2Q); 1st of 1 for prod-us
Tue 10 Nov 2026 11:21 New York  ledger@5.1.0 prod-us  starts
Tue 10 Nov 2026 11:51 New York  web@8.1.0 prod-us  done
Tue 10 Nov 2026 11:51 New York  ledger@5.1.0 prod-us  done
Tue 17 Nov 2026 14:00 Berlin  web@8.2.0 staging  starts
Tue 17 Nov 2026 14:00 Berlin  web@8.2.0 prod-eu  starts
Tue 17 Nov 2026 14:30 Berlin  payments@3.2.0 staging  starts
Tue 17 Nov 2026 14:30 Berlin  payments@3.2.0 prod-eu  waits: prod-eu is locked by web@8.2.0 (dep_01M7MSFTPSJRVPT3QBTJN4CHQT); 1st of 1 for prod-eu
Tue 17 Nov 2026 14:30 Berlin  web@8.2.0 staging  done
Tue 17 Nov 2026 14:41 Berlin  payments@3.2.0 prod-eu  waits: window office-hours-eu closes Tue 17 Nov 16:00 Berlin, too early for 1h20m; opens again Wed 18 Nov 09:00 Berlin
Tue 17 Nov 2026 08:41 New York  web@8.2.0 prod-us  waits: prod-eu healthy for 2h; window office-hours-us opens Tue 17 Nov 09:00 New York
Tue 17 Nov 2026 09:00 New York  web@8.2.0 prod-us  waits: prod-eu healthy for 2h
Tue 17 Nov 2026 15:00 Berlin  payments@3.2.0 staging  done
Tue 17 Nov 2026 15:11 Berlin  web@8.2.0 prod-eu  done
Tue 17 Nov 2026 10:41 New York  web@8.2.0 prod-us  starts
Tue 17 Nov 2026 11:52 New York  web@8.2.0 prod-us  done
Tue 17 Nov 2026 20:41 Berlin  payments@3.2.0 prod-eu  waits: window office-hours-eu opens Wed 18 Nov 09:00 Berlin
Wed 18 Nov 2026 09:00 Berlin  payments@3.2.0 prod-eu  starts
Wed 18 Nov 2026 03:40 New York  payments@3.2.0 prod-us  waits: prod-eu healthy for 2h; window office-hours-us opens Wed 18 Nov 09:00 New York
Wed 18 Nov 2026 10:10 Berlin  payments@3.2.0 prod-eu  done
Wed 18 Nov 2026 05:40 New York  payments@3.2.0 prod-us  waits: window office-hours-us opens Wed 18 Nov 09:00 New York
Wed 18 Nov 2026 09:00 New York  payments@3.2.0 prod-us  starts
Wed 18 Nov 2026 10:10 New York  payments@3.2.0 prod-us  done
Tue 24 Nov 2026 14:00 Berlin  web@8.3.0 staging  starts
Tue 24 Nov 2026 14:00 Berlin  web@8.3.0 prod-eu  starts
Tue 24 Nov 2026 14:30 Berlin  web@8.3.0 staging  done
Tue 24 Nov 2026 08:40 New York  web@8.3.0 prod-us  waits: prod-eu healthy for 2h; window office-hours-us opens Tue 24 Nov 09:00 New York
Tue 24 Nov 2026 09:00 New York  web@8.3.0 prod-us  waits: prod-eu healthy for 2h
Tue 24 Nov 2026 15:10 Berlin  web@8.3.0 prod-eu  done
Tue 24 Nov 2026 10:40 New York  web@8.3.0 prod-us  starts
Tue 24 Nov 2026 11:51 New York  web@8.3.0 prod-us  done
Tue 01 Dec 2026 14:00 Berlin  web@8.4.0 staging  starts
Tue 01 Dec 2026 14:00 Berlin  web@8.4.0 prod-eu  starts
Tue 01 Dec 2026 14:30 Berlin  payments@3.4.0 staging  starts
Tue 01 Dec 2026 14:30 Berlin  web@8.4.0 staging  done
Tue 01 Dec 2026 14:30 Berlin  payments@3.4.0 prod-eu  waits: prod-eu is locked by web@8.4.0 (dep_01M8RV1X8XC0DBTJEDRPW8R183); 1st of 1 for prod-eu
Tue 01 Dec 2026 14:41 Berlin  payments@3.4.0 prod-eu  waits: window office-hours-eu closes Tue 1 Dec 16:00 Berlin, too early for 1h20m; opens again Wed 2 Dec 09:00 Berlin
Tue 01 Dec 2026 08:41 New York  web@8.4.0 prod-us  waits: prod-eu healthy for 2h; window office-hours-us opens Tue 1 Dec 09:00 New York
Tue 01 Dec 2026 09:00 New York  web@8.4.0 prod-us  waits: prod-eu healthy for 2h
Tue 01 Dec 2026 15:00 Berlin  payments@3.4.0 staging  done
Tue 01 Dec 2026 15:11 Berlin  web@8.4.0 prod-eu  done
Tue 01 Dec 2026 10:41 New York  web@8.4.0 prod-us  starts
Tue 01 Dec 2026 11:51 New York  web@8.4.0 prod-us  done
Tue 01 Dec 2026 20:41 Berlin  payments@3.4.0 prod-eu  waits: window office-hours-eu opens Wed 2 Dec 09:00 Berlin
Wed 02 Dec 2026 09:00 Berlin  payments@3.4.0 prod-eu  starts
Wed 02 Dec 2026 03:40 New York  payments@3.4.0 prod-us  waits: prod-eu healthy for 2h; window office-hours-us opens Wed 2 Dec 09:00 New York
Wed 02 Dec 2026 10:10 Berlin  payments@3.4.0 prod-eu  done
Wed 02 Dec 2026 05:40 New York  payments@3.4.0 prod-us  waits: window office-hours-us opens Wed 2 Dec 09:00 New York
Wed 02 Dec 2026 09:00 New York  payments@3.4.0 prod-us  starts
Wed 02 Dec 2026 10:10 New York  payments@3.4.0 prod-us  done
Tue 08 Dec 2026 14:00 Berlin  web@8.5.0 staging  starts
Tue 08 Dec 2026 14:00 Berlin  web@8.5.0 prod-eu  starts
Tue 08 Dec 2026 14:30 Berlin  web@8.5.0 staging  done
Tue 08 Dec 2026 08:40 New York  web@8.5.0 prod-us  waits: prod-eu healthy for 2h; window office-hours-us opens Tue 8 Dec 09:00 New York
Tue 08 Dec 2026 09:00 New York  web@8.5.0 prod-us  waits: prod-eu healthy for 2h
Tue 08 Dec 2026 15:10 Berlin  ledger@5.5.0 staging  starts
Tue 08 Dec 2026 15:10 Berlin  ledger@5.5.0 prod-eu  waits: window office-hours-eu closes Tue 8 Dec 16:00 Berlin, too early for 1h20m; opens again Wed 9 Dec 09:00 Berlin
Tue 08 Dec 2026 15:10 Berlin  web@8.5.0 prod-eu  done
Tue 08 Dec 2026 15:40 Berlin  ledger@5.5.0 staging  done
Tue 08 Dec 2026 10:40 New York  web@8.5.0 prod-us  starts
Tue 08 Dec 2026 11:50 New York  web@8.5.0 prod-us  done
Tue 08 Dec 2026 21:10 Berlin  ledger@5.5.0 prod-eu  waits: window office-hours-eu opens Wed 9 Dec 09:00 Berlin
Wed 09 Dec 2026 09:00 Berlin  ledger@5.5.0 prod-eu  starts
Wed 09 Dec 2026 03:40 New York  ledger@5.5.0 prod-us  waits: prod-eu healthy for 2h; window office-hours-us opens Wed 9 Dec 09:00 New York
Wed 09 Dec 2026 10:10 Berlin  ledger@5.5.0 prod-eu  done
Wed 09 Dec 2026 05:40 New York  ledger@5.5.0 prod-us  waits: window office-hours-us opens Wed 9 Dec 09:00 New York
Wed 09 Dec 2026 09:00 New York  ledger@5.5.0 prod-us  starts
Wed 09 Dec 2026 10:10 New York  ledger@5.5.0 prod-us  done
Tue 15 Dec 2026 14:00 Berlin  web@8.6.0 staging  starts
Tue 15 Dec 2026 14:00 Berlin  web@8.6.0 prod-eu  starts
Tue 15 Dec 2026 14:30 Berlin  payments@3.6.0 staging  starts
Tue 15 Dec 2026 14:30 Berlin  web@8.6.0 staging  done
Tue 15 Dec 2026 14:30 Berlin  payments@3.6.0 prod-eu  waits: prod-eu is locked by web@8.6.0 (dep_01M9WWKZ2H31TTQEEF8911HB9A); 1st of 1 for prod-eu
Tue 15 Dec 2026 14:41 Berlin  payments@3.6.0 prod-eu  waits: window office-hours-eu closes Tue 15 Dec 16:00 Berlin, too early for 1h20m; opens again Wed 16 Dec 09:00 Berlin
Tue 15 Dec 2026 08:41 New York  web@8.6.0 prod-us  waits: prod-eu healthy for 2h; window office-hours-us opens Tue 15 Dec 09:00 New York
Tue 15 Dec 2026 09:00 New York  web@8.6.0 prod-us  waits: prod-eu healthy for 2h
Tue 15 Dec 2026 15:00 Berlin  payments@3.6.0 staging  done
Tue 15 Dec 2026 15:11 Berlin  web@8.6.0 prod-eu  done
Tue 15 Dec 2026 10:41 New York  web@8.6.0 prod-us  starts
Tue 15 Dec 2026 11:52 New York  web@8.6.0 prod-us  done
Tue 15 Dec 2026 20:41 Berlin  payments@3.6.0 prod-eu  waits: window office-hours-eu opens Wed 16 Dec 09:00 Berlin
Wed 16 Dec 2026 09:00 Berlin  payments@3.6.0 prod-eu  starts
Wed 16 Dec 2026 03:40 New York  payments@3.6.0 prod-us  waits: prod-eu healthy for 2h; window office-hours-us opens Wed 16 Dec 09:00 New York
Wed 16 Dec 2026 10:10 Berlin  payments@3.6.0 prod-eu  done
Wed 16 Dec 2026 05:40 New York  payments@3.6.0 prod-us  waits: window office-hours-us opens Wed 16 Dec 09:00 New York
Wed 16 Dec 2026 09:00 New York  payments@3.6.0 prod-us  starts
Wed 16 Dec 2026 10:10 New York  payments@3.6.0 prod-us  done
Tue 22 Dec 2026 14:00 Berlin  web@8.7.0 staging  starts
Tue 22 Dec 2026 14:00 Berlin  web@8.7.0 prod-eu  starts
Tue 22 Dec 2026 14:30 Berlin  web@8.7.0 staging  done
Tue 22 Dec 2026 08:40 New York  web@8.7.0 prod-us  waits: prod-eu healthy for 2h; window office-hours-us opens Tue 22 Dec 09:00 New York
Tue 22 Dec 2026 09:00 New York  web@8.7.0 prod-us  waits: prod-eu healthy for 2h
Tue 22 Dec 2026 15:10 Berlin  web@8.7.0 prod-eu  done
Tue 22 Dec 2026 10:40 New York  web@8.7.0 prod-us  starts
Tue 22 Dec 2026 11:51 New York  web@8.7.0 prod-us  done
Tue 29 Dec 2026 14:00 Berlin  web@8.8.0 staging  starts
Tue 29 Dec 2026 14:00 Berlin  web@8.8.0 prod-eu  starts
Tue 29 Dec 2026 14:30 Berlin  payments@3.8.0 staging  starts
Tue 29 Dec 2026 14:30 Berlin  payments@3.8.0 prod-eu  waits: prod-eu is locked by web@8.8.0 (dep_01MB0Y68EYHXBNJ6WKB0QSG9J4); 1st of 1 for prod-eu
Tue 29 Dec 2026 14:30 Berlin  web@8.8.0 staging  done
Tue 29 Dec 2026 14:40 Berlin  payments@3.8.0 prod-eu  waits: window office-hours-eu closes Tue 29 Dec 16:00 Berlin, too early for 1h20m; opens again Wed 30 Dec 09:00 Berlin
Tue 29 Dec 2026 08:40 New York  web@8.8.0 prod-us  waits: prod-eu healthy for 2h; window office-hours-us opens Tue 29 Dec 09:00 New York
Tue 29 Dec 2026 09:00 New York  web@8.8.0 prod-us  waits: prod-eu healthy for 2h
Tue 29 Dec 2026 15:00 Berlin  payments@3.8.0 staging  done
Tue 29 Dec 2026 15:10 Berlin  web@8.8.0 prod-eu  done
Tue 29 Dec 2026 10:40 New York  web@8.8.0 prod-us  starts
Tue 29 Dec 2026 11:51 New York  web@8.8.0 prod-us  done
Tue 29 Dec 2026 20:40 Berlin  payments@3.8.0 prod-eu  waits: window office-hours-eu opens Wed 30 Dec 09:00 Berlin
Wed 30 Dec 2026 09:00 Berlin  payments@3.8.0 prod-eu  starts
Wed 30 Dec 2026 03:40 New York  payments@3.8.0 prod-us  waits: prod-eu healthy for 2h; window office-hours-us opens Wed 30 Dec 09:00 New York
Wed 30 Dec 2026 10:10 Berlin  payments@3.8.0 prod-eu  done
Wed 30 Dec 2026 05:40 New York  payments@3.8.0 prod-us  waits: window office-hours-us opens Wed 30 Dec 09:00 New York
Wed 30 Dec 2026 09:00 New York  payments@3.8.0 prod-us  starts
Wed 30 Dec 2026 10:10 New York  payments@3.8.0 prod-us  done
Tue 05 Jan 2027 14:00 Berlin  web@8.9.0 staging  starts
Tue 05 Jan 2027 14:00 Berlin  web@8.9.0 prod-eu  starts
Tue 05 Jan 2027 14:30 Berlin  web@8.9.0 staging  done
Tue 05 Jan 2027 08:40 New York  web@8.9.0 prod-us  waits: prod-eu healthy for 2h; window office-hours-us opens Tue 5 Jan 09:00 New York
Tue 05 Jan 2027 09:00 New York  web@8.9.0 prod-us  waits: prod-eu healthy for 2h
Tue 05 Jan 2027 15:10 Berlin  ledger@5.9.0 staging  starts
Tue 05 Jan 2027 15:10 Berlin  ledger@5.9.0 prod-eu  waits: window office-hours-eu closes Tue 5 Jan 16:00 Berlin, too early for 1h20m; opens again Wed 6 Jan 09:00 Berlin
Tue 05 Jan 2027 15:10 Berlin  web@8.9.0 prod-eu  done
Tue 05 Jan 2027 15:40 Berlin  ledger@5.9.0 staging  done
Tue 05 Jan 2027 10:40 New York  web@8.9.0 prod-us  starts
Tue 05 Jan 2027 11:51 New York  web@8.9.0 prod-us  done
Tue 05 Jan 2027 21:10 Berlin  ledger@5.9.0 prod-eu  waits: window office-hours-eu opens Wed 6 Jan 09:00 Berlin
Wed 06 Jan 2027 09:00 Berlin  ledger@5.9.0 prod-eu  starts
Wed 06 Jan 2027 03:40 New York  ledger@5.9.0 prod-us  waits: prod-eu healthy for 2h; window office-hours-us opens Wed 6 Jan 09:00 New York
Wed 06 Jan 2027 10:10 Berlin  ledger@5.9.0 prod-eu  done
Wed 06 Jan 2027 05:40 New York  ledger@5.9.0 prod-us  waits: window office-hours-us opens Wed 6 Jan 09:00 New York
Wed 06 Jan 2027 09:00 New York  ledger@5.9.0 prod-us  starts
Wed 06 Jan 2027 10:10 New York  ledger@5.9.0 prod-us  done
Tue 12 Jan 2027 14:00 Berlin  web@8.10.0 staging  starts
Tue 12 Jan 2027 14:00 Berlin  web@8.10.0 prod-eu  starts
Tue 12 Jan 2027 14:30 Berlin  payments@3.10.0 staging  starts
Tue 12 Jan 2027 14:30 Berlin  web@8.10.0 staging  done
Tue 12 Jan 2027 14:30 Berlin  payments@3.10.0 prod-eu  waits: prod-eu is locked by web@8.10.0 (dep_01MC4ZR36PC5V9Y5Z6BPKQ84TM); 1st of 1 for prod-eu
Tue 12 Jan 2027 14:42 Berlin  payments@3.10.0 prod-eu  waits: window office-hours-eu closes Tue 12 Jan 16:00 Berlin, too early for 1h20m; opens again Wed 13 Jan 09:00 Berlin
Tue 12 Jan 2027 08:42 New York  web@8.10.0 prod-us  waits: prod-eu healthy for 2h; window office-hours-us opens Tue 12 Jan 09:00 New York
Tue 12 Jan 2027 09:00 New York  web@8.10.0 prod-us  waits: prod-eu healthy for 2h
Tue 12 Jan 2027 15:00 Berlin  payments@3.10.0 staging  done
Tue 12 Jan 2027 15:12 Berlin  web@8.10.0 prod-eu  done
Tue 12 Jan 2027 10:42 New York  web@8.10.0 prod-us  starts
Tue 12 Jan 2027 11:52 New York  web@8.10.0 prod-us  done
Tue 12 Jan 2027 20:42 Berlin  payments@3.10.0 prod-eu  waits: window office-hours-eu opens Wed 13 Jan 09:00 Berlin
Wed 13 Jan 2027 09:00 Berlin  payments@3.10.0 prod-eu  starts
Wed 13 Jan 2027 03:40 New York  payments@3.10.0 prod-us  waits: prod-eu healthy for 2h; window office-hours-us opens Wed 13 Jan 09:00 New York
Wed 13 Jan 2027 10:10 Berlin  payments@3.10.0 prod-eu  done
Wed 13 Jan 2027 05:40 New York  payments@3.10.0 prod-us  waits: window office-hours-us opens Wed 13 Jan 09:00 New York
Wed 13 Jan 2027 09:00 New York  payments@3.10.0 prod-us  starts
Wed 13 Jan 2027 10:10 New York  payments@3.10.0 prod-us  done
Tue 19 Jan 2027 14:00 Berlin  web@8.11.0 staging  starts
Tue 19 Jan 2027 14:00 Berlin  web@8.11.0 prod-eu  starts
Tue 19 Jan 2027 14:30 Berlin  web@8.11.0 staging  done
Tue 19 Jan 2027 08:40 New York  web@8.11.0 prod-us  waits: prod-eu healthy for 2h; window office-hours-us opens Tue 19 Jan 09:00 New York
Tue 19 Jan 2027 09:00 New York  web@8.11.0 prod-us  waits: prod-eu healthy for 2h
Tue 19 Jan 2027 15:10 Berlin  web@8.11.0 prod-eu  done
Tue 19 Jan 2027 10:40 New York  web@8.11.0 prod-us  starts
Tue 19 Jan 2027 11:51 New York  web@8.11.0 prod-us  done
Tue 26 Jan 2027 14:00 Berlin  web@8.12.0 staging  starts
Tue 26 Jan 2027 14:00 Berlin  web@8.12.0 prod-eu  starts
Tue 26 Jan 2027 14:30 Berlin  payments@3.12.0 staging  starts
Tue 26 Jan 2027 14:30 Berlin  payments@3.12.0 prod-eu  waits: prod-eu is locked by web@8.12.0 (dep_01MD91AA7VFXW6Y9G8E9V5RBWF); 1st of 1 for prod-eu
Tue 26 Jan 2027 14:30 Berlin  web@8.12.0 staging  done
Tue 26 Jan 2027 14:41 Berlin  payments@3.12.0 prod-eu  waits: window office-hours-eu closes Tue 26 Jan 16:00 Berlin, too early for 1h20m; opens again Wed 27 Jan 09:00 Berlin
Tue 26 Jan 2027 08:41 New York  web@8.12.0 prod-us  waits: prod-eu healthy for 2h; window office-hours-us opens Tue 26 Jan 09:00 New York
Tue 26 Jan 2027 09:00 New York  web@8.12.0 prod-us  waits: prod-eu healthy for 2h
Tue 26 Jan 2027 15:00 Berlin  payments@3.12.0 staging  done
Tue 26 Jan 2027 15:11 Berlin  web@8.12.0 prod-eu  done
Tue 26 Jan 2027 10:41 New York  web@8.12.0 prod-us  starts
Tue 26 Jan 2027 11:51 New York  web@8.12.0 prod-us  done
Tue 26 Jan 2027 20:41 Berlin  payments@3.12.0 prod-eu  waits: window office-hours-eu opens Wed 27 Jan 09:00 Berlin
Wed 27 Jan 2027 04:39 Berlin  payments@3.12.0 prod-eu  waits: window office-hours-eu opens Wed 27 Jan 09:00 Berlin; freeze quarter-close until Wed 3 Feb 00:00 Berlin
Wed 27 Jan 2027 09:00 Berlin  payments@3.12.0 prod-eu  waits: freeze quarter-close until Wed 3 Feb 00:00 Berlin
Wed 27 Jan 2027 20:39 Berlin  payments@3.12.0 prod-eu  waits: window office-hours-eu opens Thu 28 Jan 09:00 Berlin; freeze quarter-close until Wed 3 Feb 00:00 Berlin
Thu 28 Jan 2027 09:00 Berlin  payments@3.12.0 prod-eu  waits: freeze quarter-close until Wed 3 Feb 00:00 Berlin
Thu 28 Jan 2027 20:39 Berlin  payments@3.12.0 prod-eu  waits: window office-hours-eu opens Mon 1 Feb 09:00 Berlin; freeze quarter-close until Wed 3 Feb 00:00 Berlin
Mon 01 Feb 2027 09:00 Berlin  payments@3.12.0 prod-eu  waits: freeze quarter-close until Wed 3 Feb 00:00 Berlin
Mon 01 Feb 2027 20:39 Berlin  payments@3.12.0 prod-eu  waits: window office-hours-eu opens Tue 2 Feb 09:00 Berlin; freeze quarter-close until Wed 3 Feb 00:00 Berlin
Tue 02 Feb 2027 09:00 Berlin  payments@3.12.0 prod-eu  waits: freeze quarter-close until Wed 3 Feb 00:00 Berlin
Tue 02 Feb 2027 14:00 Berlin  web@8.13.0 staging  starts
Tue 02 Feb 2027 14:00 Berlin  web@8.13.0 prod-eu  starts
Tue 02 Feb 2027 14:30 Berlin  web@8.13.0 staging  done
Tue 02 Feb 2027 14:39 Berlin  payments@3.12.0 prod-eu  waits: freeze quarter-close until Wed 3 Feb 00:00 Berlin; prod-eu is locked by web@8.13.0 (dep_01MDV239XR97DFX9HXDQT3GGFA); 1st of 1 for prod-eu
Tue 02 Feb 2027 08:40 New York  web@8.13.0 prod-us  waits: prod-eu healthy for 2h; window office-hours-us opens Tue 2 Feb 09:00 New York
Tue 02 Feb 2027 14:44 Berlin  payments@3.12.0 prod-eu  waits: window office-hours-eu closes Tue 2 Feb 16:00 Berlin, too early for 1h20m; opens again Wed 3 Feb 09:00 Berlin; freeze quarter-close until Wed 3 Feb 00:00 Berlin
Tue 02 Feb 2027 09:00 New York  web@8.13.0 prod-us  waits: prod-eu healthy for 2h
Tue 02 Feb 2027 15:10 Berlin  ledger@5.13.0 staging  starts
Tue 02 Feb 2027 15:10 Berlin  ledger@5.13.0 prod-eu  waits: window office-hours-eu closes Tue 2 Feb 16:00 Berlin, too early for 1h20m; opens again Wed 3 Feb 09:00 Berlin; freeze quarter-close until Wed 3 Feb 00:00 Berlin
Tue 02 Feb 2027 15:10 Berlin  web@8.13.0 prod-eu  done
Tue 02 Feb 2027 15:40 Berlin  ledger@5.13.0 staging  done
Tue 02 Feb 2027 10:40 New York  web@8.13.0 prod-us  starts
Tue 02 Feb 2027 11:51 New York  web@8.13.0 prod-us  done
Tue 02 Feb 2027 20:44 Berlin  payments@3.12.0 prod-eu  waits: window office-hours-eu opens Wed 3 Feb 09:00 Berlin; freeze quarter-close until Wed 3 Feb 00:00 Berlin
Tue 02 Feb 2027 21:10 Berlin  ledger@5.13.0 prod-eu  waits: window office-hours-eu opens Wed 3 Feb 09:00 Berlin; freeze quarter-close until Wed 3 Feb 00:00 Berlin
Wed 03 Feb 2027 00:00 Berlin  payments@3.12.0 prod-eu  waits: window office-hours-eu opens Wed 3 Feb 09:00 Berlin
Wed 03 Feb 2027 00:00 Berlin  ledger@5.13.0 prod-eu  waits: window office-hours-eu opens Wed 3 Feb 09:00 Berlin
Wed 03 Feb 2027 09:00 Berlin  payments@3.12.0 prod-eu  waits: 2nd of 2 for prod-eu; before it: ledger@5.13.0
Wed 03 Feb 2027 09:00 Berlin  ledger@5.13.0 prod-eu  starts
Wed 03 Feb 2027 09:10 Berlin  payments@3.12.0 prod-eu  waits: prod-eu is locked by ledger@5.13.0 (dep_01MDV63APARMTPJGQRV03ZE723); 1st of 1 for prod-eu
Wed 03 Feb 2027 09:40 Berlin  payments@3.12.0 prod-eu  starts
Wed 03 Feb 2027 03:40 New York  ledger@5.13.0 prod-us  waits: prod-eu healthy for 2h; window office-hours-us opens Wed 3 Feb 09:00 New York
Wed 03 Feb 2027 10:10 Berlin  ledger@5.13.0 prod-eu  done
Wed 03 Feb 2027 04:22 New York  payments@3.12.0 prod-us  waits: prod-eu healthy for 2h; window office-hours-us opens Wed 3 Feb 09:00 New York
Wed 03 Feb 2027 10:52 Berlin  payments@3.12.0 prod-eu  done
Wed 03 Feb 2027 05:40 New York  ledger@5.13.0 prod-us  waits: window office-hours-us opens Wed 3 Feb 09:00 New York
Wed 03 Feb 2027 06:22 New York  payments@3.12.0 prod-us  waits: window office-hours-us opens Wed 3 Feb 09:00 New York
Wed 03 Feb 2027 09:00 New York  ledger@5.13.0 prod-us  starts
Wed 03 Feb 2027 09:00 New York  payments@3.12.0 prod-us  waits: prod-us is locked by ledger@5.13.0 (dep_01MDX5M7CNJB49WW72E0ERT0CJ); 1st of 1 for prod-us
Wed 03 Feb 2027 09:40 New York  payments@3.12.0 prod-us  starts
Wed 03 Feb 2027 10:10 New York  ledger@5.13.0 prod-us  done
Wed 03 Feb 2027 10:51 New York  payments@3.12.0 prod-us  done
Tue 09 Feb 2027 14:00 Berlin  web@8.14.0 staging  starts
Tue 09 Feb 2027 14:00 Berlin  web@8.14.0 prod-eu  starts
Tue 09 Feb 2027 14:30 Berlin  payments@3.14.0 staging  starts
Tue 09 Feb 2027 14:30 Berlin  web@8.14.0 staging  done
Tue 09 Feb 2027 14:30 Berlin  payments@3.14.0 prod-eu  waits: prod-eu is locked by web@8.14.0 (dep_01MED2W8WHJCQ5R5A9Y5X4A184); 1st of 1 for prod-eu
Tue 09 Feb 2027 14:41 Berlin  payments@3.14.0 prod-eu  waits: window office-hours-eu closes Tue 9 Feb 16:00 Berlin, too early for 1h21m; opens again Wed 10 Feb 09:00 Berlin
Tue 09 Feb 2027 08:41 New York  web@8.14.0 prod-us  waits: prod-eu healthy for 2h; window office-hours-us opens Tue 9 Feb 09:00 New York
Tue 09 Feb 2027 09:00 New York  web@8.14.0 prod-us  waits: prod-eu healthy for 2h
Tue 09 Feb 2027 15:00 Berlin  payments@3.14.0 staging  done
Tue 09 Feb 2027 15:11 Berlin  web@8.14.0 prod-eu  done
Tue 09 Feb 2027 10:41 New York  web@8.14.0 prod-us  starts
Tue 09 Feb 2027 11:52 New York  web@8.14.0 prod-us  done
Tue 09 Feb 2027 20:41 Berlin  payments@3.14.0 prod-eu  waits: window office-hours-eu opens Wed 10 Feb 09:00 Berlin
Wed 10 Feb 2027 09:00 Berlin  payments@3.14.0 prod-eu  starts
Wed 10 Feb 2027 03:40 New York  payments@3.14.0 prod-us  waits: prod-eu healthy for 2h; window office-hours-us opens Wed 10 Feb 09:00 New York
Wed 10 Feb 2027 10:10 Berlin  payments@3.14.0 prod-eu  done
Wed 10 Feb 2027 05:40 New York  payments@3.14.0 prod-us  waits: window office-hours-us opens Wed 10 Feb 09:00 New York
Wed 10 Feb 2027 09:00 New York  payments@3.14.0 prod-us  starts
Wed 10 Feb 2027 10:10 New York  payments@3.14.0 prod-us  done
Tue 16 Feb 2027 14:00 Berlin  web@8.15.0 staging  starts
Tue 16 Feb 2027 14:00 Berlin  web@8.15.0 prod-eu  starts
Tue 16 Feb 2027 14:30 Berlin  web@8.15.0 staging  done
Tue 16 Feb 2027 08:40 New York  web@8.15.0 prod-us  waits: prod-eu healthy for 2h; window office-hours-us opens Tue 16 Feb 09:00 New York
Tue 16 Feb 2027 09:00 New York  web@8.15.0 prod-us  waits: prod-eu healthy for 2h
Tue 16 Feb 2027 15:10 Berlin  web@8.15.0 prod-eu  done
Tue 16 Feb 2027 10:40 New York  web@8.15.0 prod-us  starts
Tue 16 Feb 2027 11:51 New York  web@8.15.0 prod-us  done
Tue 23 Feb 2027 14:00 Berlin  web@8.16.0 staging  starts
Tue 23 Feb 2027 14:00 Berlin  web@8.16.0 prod-eu  starts
Tue 23 Feb 2027 14:30 Berlin  payments@3.16.0 staging  starts
Tue 23 Feb 2027 14:30 Berlin  payments@3.16.0 prod-eu  waits: prod-eu is locked by web@8.16.0 (dep_01MFH4EB9G0FKBCZ6DRZZ98HGF); 1st of 1 for prod-eu
Tue 23 Feb 2027 14:30 Berlin  web@8.16.0 staging  done
Tue 23 Feb 2027 14:41 Berlin  payments@3.16.0 prod-eu  waits: window office-hours-eu closes Tue 23 Feb 16:00 Berlin, too early for 1h21m; opens again Wed 24 Feb 09:00 Berlin
Tue 23 Feb 2027 08:41 New York  web@8.16.0 prod-us  waits: prod-eu healthy for 2h; window office-hours-us opens Tue 23 Feb 09:00 New York
Tue 23 Feb 2027 09:00 New York  web@8.16.0 prod-us  waits: prod-eu healthy for 2h
Tue 23 Feb 2027 15:00 Berlin  payments@3.16.0 staging  done
Tue 23 Feb 2027 15:11 Berlin  web@8.16.0 prod-eu  done
Tue 23 Feb 2027 10:41 New York  web@8.16.0 prod-us  starts
Tue 23 Feb 2027 11:52 New York  web@8.16.0 prod-us  done
Tue 23 Feb 2027 20:41 Berlin  payments@3.16.0 prod-eu  waits: window office-hours-eu opens Wed 24 Feb 09:00 Berlin
Wed 24 Feb 2027 09:00 Berlin  payments@3.16.0 prod-eu  starts
Wed 24 Feb 2027 03:40 New York  payments@3.16.0 prod-us  waits: prod-eu healthy for 2h; window office-hours-us opens Wed 24 Feb 09:00 New York
Wed 24 Feb 2027 10:10 Berlin  payments@3.16.0 prod-eu  done
Wed 24 Feb 2027 05:40 New York  payments@3.16.0 prod-us  waits: window office-hours-us opens Wed 24 Feb 09:00 New York
Wed 24 Feb 2027 09:00 New York  payments@3.16.0 prod-us  starts
Wed 24 Feb 2027 10:10 New York  payments@3.16.0 prod-us  done
Tue 02 Mar 2027 14:00 Berlin  web@8.17.0 staging  starts
Tue 02 Mar 2027 14:00 Berlin  web@8.17.0 prod-eu  starts
Tue 02 Mar 2027 14:30 Berlin  web@8.17.0 staging  done
Tue 02 Mar 2027 08:40 New York  web@8.17.0 prod-us  waits: prod-eu healthy for 2h; window office-hours-us opens Tue 2 Mar 09:00 New York
Tue 02 Mar 2027 09:00 New York  web@8.17.0 prod-us  waits: prod-eu healthy for 2h
Tue 02 Mar 2027 15:10 Berlin  ledger@5.17.0 staging  starts
Tue 02 Mar 2027 15:10 Berlin  ledger@5.17.0 prod-eu  waits: window office-hours-eu closes Tue 2 Mar 16:00 Berlin, too early for 1h20m; opens again Wed 3 Mar 09:00 Berlin
Tue 02 Mar 2027 15:10 Berlin  web@8.17.0 prod-eu  done
Tue 02 Mar 2027 15:40 Berlin  ledger@5.17.0 staging  done
Tue 02 Mar 2027 10:40 New York  web@8.17.0 prod-us  starts
Tue 02 Mar 2027 11:50 New York  web@8.17.0 prod-us  done
Tue 02 Mar 2027 21:10 Berlin  ledger@5.17.0 prod-eu  waits: window office-hours-eu opens Wed 3 Mar 09:00 Berlin
Wed 03 Mar 2027 09:00 Berlin  ledger@5.17.0 prod-eu  starts
Wed 03 Mar 2027 03:40 New York  ledger@5.17.0 prod-us  waits: prod-eu healthy for 2h; window office-hours-us opens Wed 3 Mar 09:00 New York
Wed 03 Mar 2027 10:10 Berlin  ledger@5.17.0 prod-eu  done
Wed 03 Mar 2027 05:40 New York  ledger@5.17.0 prod-us  waits: window office-hours-us opens Wed 3 Mar 09:00 New York
Wed 03 Mar 2027 09:00 New York  ledger@5.17.0 prod-us  starts
Wed 03 Mar 2027 10:10 New York  ledger@5.17.0 prod-us  done
Tue 09 Mar 2027 14:00 Berlin  web@8.18.0 staging  starts
Tue 09 Mar 2027 14:00 Berlin  web@8.18.0 prod-eu  starts
Tue 09 Mar 2027 14:30 Berlin  payments@3.18.0 staging  starts
Tue 09 Mar 2027 14:30 Berlin  web@8.18.0 staging  done
Tue 09 Mar 2027 14:30 Berlin  payments@3.18.0 prod-eu  waits: prod-eu is locked by web@8.18.0 (dep_01MGN60B6CTHS8JG731FHWPT30); 1st of 1 for prod-eu
Tue 09 Mar 2027 14:42 Berlin  payments@3.18.0 prod-eu  waits: window office-hours-eu closes Tue 9 Mar 16:00 Berlin, too early for 1h21m; opens again Wed 10 Mar 09:00 Berlin
Tue 09 Mar 2027 08:42 New York  web@8.18.0 prod-us  waits: prod-eu healthy for 2h; window office-hours-us opens Tue 9 Mar 09:00 New York
Tue 09 Mar 2027 09:00 New York  web@8.18.0 prod-us  waits: prod-eu healthy for 2h
Tue 09 Mar 2027 15:00 Berlin  payments@3.18.0 staging  done
Tue 09 Mar 2027 15:12 Berlin  web@8.18.0 prod-eu  done
Tue 09 Mar 2027 10:42 New York  web@8.18.0 prod-us  starts
Tue 09 Mar 2027 11:52 New York  web@8.18.0 prod-us  done
Tue 09 Mar 2027 20:42 Berlin  payments@3.18.0 prod-eu  waits: window office-hours-eu opens Wed 10 Mar 09:00 Berlin
Wed 10 Mar 2027 09:00 Berlin  payments@3.18.0 prod-eu  starts
Wed 10 Mar 2027 03:40 New York  payments@3.18.0 prod-us  waits: prod-eu healthy for 2h; window office-hours-us opens Wed 10 Mar 09:00 New York
Wed 10 Mar 2027 10:10 Berlin  payments@3.18.0 prod-eu  done
Wed 10 Mar 2027 05:40 New York  payments@3.18.0 prod-us  waits: window office-hours-us opens Wed 10 Mar 09:00 New York
Wed 10 Mar 2027 09:00 New York  payments@3.18.0 prod-us  starts
Wed 10 Mar 2027 10:10 New York  payments@3.18.0 prod-us  done
Tue 16 Mar 2027 14:00 Berlin  web@8.19.0 staging  starts
Tue 16 Mar 2027 14:00 Berlin  web@8.19.0 prod-eu  starts
Tue 16 Mar 2027 14:30 Berlin  web@8.19.0 staging  done
Tue 16 Mar 2027 09:40 New York  web@8.19.0 prod-us  waits: prod-eu healthy for 2h
Tue 16 Mar 2027 15:10 Berlin  web@8.19.0 prod-eu  done
Tue 16 Mar 2027 11:40 New York  web@8.19.0 prod-us  starts
Tue 16 Mar 2027 12:51 New York  web@8.19.0 prod-us  done
Tue 23 Mar 2027 14:00 Berlin  web@8.20.0 staging  starts
Tue 23 Mar 2027 14:00 Berlin  web@8.20.0 prod-eu  starts
Tue 23 Mar 2027 14:00 Berlin  web@8.20.0 staging  is taken back
Tue 23 Mar 2027 14:08 Berlin  web@8.20.0 prod-eu  is taken back
Tue 23 Mar 2027 14:30 Berlin  payments@3.20.0 staging  starts
Tue 23 Mar 2027 14:30 Berlin  payments@3.20.0 prod-eu  starts
Tue 23 Mar 2027 15:00 Berlin  payments@3.20.0 staging  done
Tue 23 Mar 2027 10:10 New York  payments@3.20.0 prod-us  waits: prod-eu healthy for 2h
Tue 23 Mar 2027 15:40 Berlin  payments@3.20.0 prod-eu  done
Tue 23 Mar 2027 12:10 New York  payments@3.20.0 prod-us  starts
Tue 23 Mar 2027 13:21 New York  payments@3.20.0 prod-us  done
Tue 30 Mar 2027 14:00 Berlin  web@8.21.0 staging  starts
Tue 30 Mar 2027 14:00 Berlin  web@8.21.0 prod-eu  starts
Tue 30 Mar 2027 14:30 Berlin  web@8.21.0 staging  done
Tue 30 Mar 2027 08:40 New York  web@8.21.0 prod-us  waits: prod-eu healthy for 2h; window office-hours-us opens Tue 30 Mar 09:00 New York
Tue 30 Mar 2027 09:00 New York  web@8.21.0 prod-us  waits: prod-eu healthy for 2h
Tue 30 Mar 2027 15:10 Berlin  ledger@5.21.0 staging  starts
Tue 30 Mar 2027 15:10 Berlin  ledger@5.21.0 prod-eu  waits: window office-hours-eu closes Tue 30 Mar 16:00 Berlin, too early for 1h20m; opens again Wed 31 Mar 09:00 Berlin
Tue 30 Mar 2027 15:10 Berlin  web@8.21.0 prod-eu  done
Tue 30 Mar 2027 15:40 Berlin  ledger@5.21.0 staging  done
Tue 30 Mar 2027 10:40 New York  web@8.21.0 prod-us  starts
Tue 30 Mar 2027 11:50 New York  web@8.21.0 prod-us  done
Tue 30 Mar 2027 21:10 Berlin  ledger@5.21.0 prod-eu  waits: window office-hours-eu opens Wed 31 Mar 09:00 Berlin
Wed 31 Mar 2027 09:00 Berlin  ledger@5.21.0 prod-eu  starts
Wed 31 Mar 2027 03:40 New York  ledger@5.21.0 prod-us  waits: prod-eu healthy for 2h; window office-hours-us opens Wed 31 Mar 09:00 New York
Wed 31 Mar 2027 10:10 Berlin  ledger@5.21.0 prod-eu  done
Wed 31 Mar 2027 05:40 New York  ledger@5.21.0 prod-us  waits: window office-hours-us opens Wed 31 Mar 09:00 New York
Wed 31 Mar 2027 09:00 New York  ledger@5.21.0 prod-us  starts
Wed 31 Mar 2027 10:10 New York  ledger@5.21.0 prod-us  done
Tue 06 Apr 2027 14:00 Berlin  web@8.22.0 staging  starts
Tue 06 Apr 2027 14:00 Berlin  web@8.22.0 prod-eu  starts
Tue 06 Apr 2027 14:30 Berlin  payments@3.22.0 staging  starts
Tue 06 Apr 2027 14:30 Berlin  web@8.22.0 staging  done
Tue 06 Apr 2027 14:30 Berlin  payments@3.22.0 prod-eu  waits: prod-eu is locked by web@8.22.0 (dep_01MJX5PH8KTKYHQDME9JHQ8475); 1st of 1 for prod-eu
Tue 06 Apr 2027 14:41 Berlin  payments@3.22.0 prod-eu  waits: window office-hours-eu closes Tue 6 Apr 16:00 Berlin, too early for 1h20m; opens again Wed 7 Apr 09:00 Berlin
Tue 06 Apr 2027 08:41 New York  web@8.22.0 prod-us  waits: prod-eu healthy for 2h; window office-hours-us opens Tue 6 Apr 09:00 New York
Tue 06 Apr 2027 09:00 New York  web@8.22.0 prod-us  waits: prod-eu healthy for 2h
Tue 06 Apr 2027 15:00 Berlin  payments@3.22.0 staging  done
Tue 06 Apr 2027 15:11 Berlin  web@8.22.0 prod-eu  done
Tue 06 Apr 2027 10:41 New York  web@8.22.0 prod-us  starts
Tue 06 Apr 2027 11:52 New York  web@8.22.0 prod-us  done
Tue 06 Apr 2027 20:41 Berlin  payments@3.22.0 prod-eu  waits: window office-hours-eu opens Wed 7 Apr 09:00 Berlin
Wed 07 Apr 2027 09:00 Berlin  payments@3.22.0 prod-eu  starts
Wed 07 Apr 2027 03:40 New York  payments@3.22.0 prod-us  waits: prod-eu healthy for 2h; window office-hours-us opens Wed 7 Apr 09:00 New York
Wed 07 Apr 2027 10:10 Berlin  payments@3.22.0 prod-eu  done
Wed 07 Apr 2027 05:40 New York  payments@3.22.0 prod-us  waits: window office-hours-us opens Wed 7 Apr 09:00 New York
Wed 07 Apr 2027 09:00 New York  payments@3.22.0 prod-us  starts
Wed 07 Apr 2027 10:10 New York  payments@3.22.0 prod-us  done
Tue 13 Apr 2027 14:00 Berlin  web@8.23.0 staging  starts
Tue 13 Apr 2027 14:00 Berlin  web@8.23.0 prod-eu  starts
Tue 13 Apr 2027 14:30 Berlin  web@8.23.0 staging  done
Tue 13 Apr 2027 08:40 New York  web@8.23.0 prod-us  waits: prod-eu healthy for 2h; window office-hours-us opens Tue 13 Apr 09:00 New York
Tue 13 Apr 2027 09:00 New York  web@8.23.0 prod-us  waits: prod-eu healthy for 2h
Tue 13 Apr 2027 15:10 Berlin  web@8.23.0 prod-eu  done
Tue 13 Apr 2027 10:40 New York  web@8.23.0 prod-us  starts
Tue 13 Apr 2027 11:51 New York  web@8.23.0 prod-us  done
Tue 20 Apr 2027 14:00 Berlin  web@8.24.0 staging  starts
Tue 20 Apr 2027 14:00 Berlin  web@8.24.0 prod-eu  starts
Tue 20 Apr 2027 14:30 Berlin  payments@3.24.0 staging  starts
Tue 20 Apr 2027 14:30 Berlin  payments@3.24.0 prod-eu  waits: prod-eu is locked by web@8.24.0 (dep_01MM178VDGS5KNEQ53YH4NA2AT); 1st of 1 for prod-eu
Tue 20 Apr 2027 14:30 Berlin  web@8.24.0 staging  done
Tue 20 Apr 2027 14:40 Berlin  payments@3.24.0 prod-eu  waits: window office-hours-eu closes Tue 20 Apr 16:00 Berlin, too early for 1h20m; opens again Wed 21 Apr 09:00 Berlin
Tue 20 Apr 2027 08:40 New York  web@8.24.0 prod-us  waits: prod-eu healthy for 2h; window office-hours-us opens Tue 20 Apr 09:00 New York
Tue 20 Apr 2027 09:00 New York  web@8.24.0 prod-us  waits: prod-eu healthy for 2h
Tue 20 Apr 2027 15:00 Berlin  payments@3.24.0 staging  done
Tue 20 Apr 2027 15:10 Berlin  web@8.24.0 prod-eu  done
Tue 20 Apr 2027 10:40 New York  web@8.24.0 prod-us  starts
Tue 20 Apr 2027 11:51 New York  web@8.24.0 prod-us  done
Tue 20 Apr 2027 20:40 Berlin  payments@3.24.0 prod-eu  waits: window office-hours-eu opens Wed 21 Apr 09:00 Berlin
Wed 21 Apr 2027 09:00 Berlin  payments@3.24.0 prod-eu  starts
Wed 21 Apr 2027 03:40 New York  payments@3.24.0 prod-us  waits: prod-eu healthy for 2h; window office-hours-us opens Wed 21 Apr 09:00 New York
Wed 21 Apr 2027 10:10 Berlin  payments@3.24.0 prod-eu  done
Wed 21 Apr 2027 05:40 New York  payments@3.24.0 prod-us  waits: window office-hours-us opens Wed 21 Apr 09:00 New York
Wed 21 Apr 2027 09:00 New York  payments@3.24.0 prod-us  starts
Wed 21 Apr 2027 10:10 New York  payments@3.24.0 prod-us  done
Tue 27 Apr 2027 14:00 Berlin  web@8.25.0 staging  starts
Tue 27 Apr 2027 14:00 Berlin  web@8.25.0 prod-eu  starts
Tue 27 Apr 2027 14:30 Berlin  web@8.25.0 staging  done
Tue 27 Apr 2027 08:40 New York  web@8.25.0 prod-us  waits: prod-eu healthy for 2h; window office-hours-us opens Tue 27 Apr 09:00 New York
Tue 27 Apr 2027 09:00 New York  web@8.25.0 prod-us  waits: prod-eu healthy for 2h
Tue 27 Apr 2027 15:10 Berlin  ledger@5.25.0 staging  starts
Tue 27 Apr 2027 15:10 Berlin  ledger@5.25.0 prod-eu  waits: window office-hours-eu closes Tue 27 Apr 16:00 Berlin, too early for 1h20m; opens again Wed 28 Apr 09:00 Berlin; freeze quarter-close until Wed 5 May 00:00 Berlin
Tue 27 Apr 2027 15:10 Berlin  web@8.25.0 prod-eu  done
Tue 27 Apr 2027 15:40 Berlin  ledger@5.25.0 staging  done
Tue 27 Apr 2027 10:40 New York  web@8.25.0 prod-us  starts
Tue 27 Apr 2027 11:51 New York  web@8.25.0 prod-us  done
Tue 27 Apr 2027 21:10 Berlin  ledger@5.25.0 prod-eu  waits: window office-hours-eu opens Wed 28 Apr 09:00 Berlin; freeze quarter-close until Wed 5 May 00:00 Berlin
Wed 28 Apr 2027 09:00 Berlin  ledger@5.25.0 prod-eu  waits: freeze quarter-close until Wed 5 May 00:00 Berlin
Wed 28 Apr 2027 20:39 Berlin  ledger@5.25.0 prod-eu  waits: window office-hours-eu opens Thu 29 Apr 09:00 Berlin; freeze quarter-close until Wed 5 May 00:00 Berlin
Thu 29 Apr 2027 09:00 Berlin  ledger@5.25.0 prod-eu  waits: freeze quarter-close until Wed 5 May 00:00 Berlin
Thu 29 Apr 2027 20:39 Berlin  ledger@5.25.0 prod-eu  waits: window office-hours-eu opens Mon 3 May 09:00 Berlin; freeze quarter-close until Wed 5 May 00:00 Berlin
Mon 03 May 2027 09:00 Berlin  ledger@5.25.0 prod-eu  waits: freeze quarter-close until Wed 5 May 00:00 Berlin
Mon 03 May 2027 20:39 Berlin  ledger@5.25.0 prod-eu  waits: window office-hours-eu opens Tue 4 May 09:00 Berlin; freeze quarter-close until Wed 5 May 00:00 Berlin
Tue 04 May 2027 09:00 Berlin  ledger@5.25.0 prod-eu  waits: freeze quarter-close until Wed 5 May 00:00 Berlin
Tue 04 May 2027 14:00 Berlin  web@8.26.0 staging  starts
Tue 04 May 2027 14:00 Berlin  web@8.26.0 prod-eu  starts
Tue 04 May 2027 14:30 Berlin  payments@3.26.0 staging  starts
Tue 04 May 2027 14:30 Berlin  payments@3.26.0 prod-eu  waits: freeze quarter-close until Wed 5 May 00:00 Berlin; prod-eu is locked by web@8.26.0 (dep_01MN58TRHCS6MWDQ3VRAT5ASR5); 1st of 2 for prod-eu
Tue 04 May 2027 14:30 Berlin  web@8.26.0 staging  done
Tue 04 May 2027 14:39 Berlin  ledger@5.25.0 prod-eu  waits: freeze quarter-close until Wed 5 May 00:00 Berlin; prod-eu is locked by web@8.26.0 (dep_01MN58TRHCS6MWDQ3VRAT5ASR5); 1st of 2 for prod-eu
Tue 04 May 2027 08:41 New York  web@8.26.0 prod-us  waits: prod-eu healthy for 2h; window office-hours-us opens Tue 4 May 09:00 New York
Tue 04 May 2027 14:44 Berlin  payments@3.26.0 prod-eu  waits: window office-hours-eu closes Tue 4 May 16:00 Berlin, too early for 1h20m; opens again Wed 5 May 09:00 Berlin; freeze quarter-close until Wed 5 May 00:00 Berlin
Tue 04 May 2027 14:44 Berlin  ledger@5.25.0 prod-eu  waits: window office-hours-eu closes Tue 4 May 16:00 Berlin, too early for 1h20m; opens again Wed 5 May 09:00 Berlin; freeze quarter-close until Wed 5 May 00:00 Berlin
Tue 04 May 2027 09:00 New York  web@8.26.0 prod-us  waits: prod-eu healthy for 2h
Tue 04 May 2027 15:00 Berlin  payments@3.26.0 staging  done
Tue 04 May 2027 15:11 Berlin  web@8.26.0 prod-eu  done
Tue 04 May 2027 10:41 New York  web@8.26.0 prod-us  starts
Tue 04 May 2027 11:51 New York  web@8.26.0 prod-us  done
Tue 04 May 2027 20:44 Berlin  payments@3.26.0 prod-eu  waits: window office-hours-eu opens Wed 5 May 09:00 Berlin; freeze quarter-close until Wed 5 May 00:00 Berlin
Tue 04 May 2027 20:44 Berlin  ledger@5.25.0 prod-eu  waits: window office-hours-eu opens Wed 5 May 09:00 Berlin; freeze quarter-close until Wed 5 May 00:00 Berlin
Wed 05 May 2027 00:00 Berlin  ledger@5.25.0 prod-eu  waits: window office-hours-eu opens Wed 5 May 09:00 Berlin
Wed 05 May 2027 00:00 Berlin  payments@3.26.0 prod-eu  waits: window office-hours-eu opens Wed 5 May 09:00 Berlin
Wed 05 May 2027 09:00 Berlin  ledger@5.25.0 prod-eu  starts
Wed 05 May 2027 09:00 Berlin  payments@3.26.0 prod-eu  waits: prod-eu is locked by ledger@5.25.0 (dep_01MMKC1XN57TEA7GRAKT3K4JSV); 1st of 1 for prod-eu
Wed 05 May 2027 09:40 Berlin  payments@3.26.0 prod-eu  starts
Wed 05 May 2027 03:40 New York  ledger@5.25.0 prod-us  waits: prod-eu healthy for 2h; window office-hours-us opens Wed 5 May 09:00 New York
Wed 05 May 2027 10:10 Berlin  ledger@5.25.0 prod-eu  done
Wed 05 May 2027 04:21 New York  payments@3.26.0 prod-us  waits: prod-eu healthy for 2h; window office-hours-us opens Wed 5 May 09:00 New York
Wed 05 May 2027 10:51 Berlin  payments@3.26.0 prod-eu  done
Wed 05 May 2027 05:40 New York  ledger@5.25.0 prod-us  waits: window office-hours-us opens Wed 5 May 09:00 New York
Wed 05 May 2027 06:21 New York  payments@3.26.0 prod-us  waits: window office-hours-us opens Wed 5 May 09:00 New York
Wed 05 May 2027 09:00 New York  ledger@5.25.0 prod-us  starts
Wed 05 May 2027 09:00 New York  payments@3.26.0 prod-us  waits: prod-us is locked by ledger@5.25.0 (dep_01MN7CC08CA7HQDNCMPKYWKFB5); 1st of 1 for prod-us
Wed 05 May 2027 09:40 New York  payments@3.26.0 prod-us  starts
Wed 05 May 2027 10:10 New York  ledger@5.25.0 prod-us  done
Wed 05 May 2027 10:52 New York  payments@3.26.0 prod-us  done
Tue 11 May 2027 14:00 Berlin  web@8.27.0 staging  starts
Tue 11 May 2027 14:00 Berlin  web@8.27.0 prod-eu  starts
Tue 11 May 2027 14:30 Berlin  web@8.27.0 staging  done
Tue 11 May 2027 08:40 New York  web@8.27.0 prod-us  waits: prod-eu healthy for 2h; window office-hours-us opens Tue 11 May 09:00 New York
Tue 11 May 2027 09:00 New York  web@8.27.0 prod-us  waits: prod-eu healthy for 2h
Tue 11 May 2027 15:10 Berlin  web@8.27.0 prod-eu  done
Tue 11 May 2027 10:40 New York  web@8.27.0 prod-us  starts
Tue 11 May 2027 11:50 New York  web@8.27.0 prod-us  done
Tue 18 May 2027 14:00 Berlin  web@8.28.0 staging  starts
Tue 18 May 2027 14:00 Berlin  web@8.28.0 prod-eu  starts
Tue 18 May 2027 14:30 Berlin  payments@3.28.0 staging  starts
Tue 18 May 2027 14:30 Berlin  payments@3.28.0 prod-eu  waits: prod-eu is locked by web@8.28.0 (dep_01MP9ACW9WQC1XN360J8ZBZSWQ); 1st of 1 for prod-eu
Tue 18 May 2027 14:30 Berlin  web@8.28.0 staging  done
Tue 18 May 2027 14:41 Berlin  payments@3.28.0 prod-eu  waits: window office-hours-eu closes Tue 18 May 16:00 Berlin, too early for 1h21m; opens again Wed 19 May 09:00 Berlin
Tue 18 May 2027 08:41 New York  web@8.28.0 prod-us  waits: prod-eu healthy for 2h; window office-hours-us opens Tue 18 May 09:00 New York
Tue 18 May 2027 09:00 New York  web@8.28.0 prod-us  waits: prod-eu healthy for 2h
Tue 18 May 2027 15:00 Berlin  payments@3.28.0 staging  done
Tue 18 May 2027 15:11 Berlin  web@8.28.0 prod-eu  done
Tue 18 May 2027 10:41 New York  web@8.28.0 prod-us  starts
Tue 18 May 2027 11:52 New York  web@8.28.0 prod-us  done
Tue 18 May 2027 20:41 Berlin  payments@3.28.0 prod-eu  waits: window office-hours-eu opens Wed 19 May 09:00 Berlin
Wed 19 May 2027 09:00 Berlin  payments@3.28.0 prod-eu  starts
Wed 19 May 2027 03:40 New York  payments@3.28.0 prod-us  waits: prod-eu healthy for 2h; window office-hours-us opens Wed 19 May 09:00 New York
Wed 19 May 2027 10:10 Berlin  payments@3.28.0 prod-eu  done
Wed 19 May 2027 05:40 New York  payments@3.28.0 prod-us  waits: window office-hours-us opens Wed 19 May 09:00 New York
Wed 19 May 2027 09:00 New York  payments@3.28.0 prod-us  starts
Wed 19 May 2027 10:10 New York  payments@3.28.0 prod-us  done
Tue 25 May 2027 14:00 Berlin  web@8.29.0 staging  starts
Tue 25 May 2027 14:00 Berlin  web@8.29.0 prod-eu  starts
Tue 25 May 2027 14:30 Berlin  web@8.29.0 staging  done
Tue 25 May 2027 08:40 New York  web@8.29.0 prod-us  waits: prod-eu healthy for 2h; window office-hours-us opens Tue 25 May 09:00 New York
Tue 25 May 2027 09:00 New York  web@8.29.0 prod-us  waits: prod-eu healthy for 2h
Tue 25 May 2027 15:10 Berlin  ledger@5.29.0 staging  starts
Tue 25 May 2027 15:10 Berlin  ledger@5.29.0 prod-eu  waits: window office-hours-eu closes Tue 25 May 16:00 Berlin, too early for 1h20m; opens again Wed 26 May 09:00 Berlin
Tue 25 May 2027 15:10 Berlin  web@8.29.0 prod-eu  done
Tue 25 May 2027 15:40 Berlin  ledger@5.29.0 staging  done
Tue 25 May 2027 10:40 New York  web@8.29.0 prod-us  starts
Tue 25 May 2027 11:51 New York  web@8.29.0 prod-us  done
Tue 25 May 2027 21:10 Berlin  ledger@5.29.0 prod-eu  waits: window office-hours-eu opens Wed 26 May 09:00 Berlin
Wed 26 May 2027 09:00 Berlin  ledger@5.29.0 prod-eu  starts
Wed 26 May 2027 03:40 New York  ledger@5.29.0 prod-us  waits: prod-eu healthy for 2h; window office-hours-us opens Wed 26 May 09:00 New York
Wed 26 May 2027 10:10 Berlin  ledger@5.29.0 prod-eu  done
Wed 26 May 2027 05:40 New York  ledger@5.29.0 prod-us  waits: window office-hours-us opens Wed 26 May 09:00 New York
Wed 26 May 2027 09:00 New York  ledger@5.29.0 prod-us  starts
Wed 26 May 2027 10:10 New York  ledger@5.29.0 prod-us  done
Tue 01 Jun 2027 14:00 Berlin  web@8.30.0 staging  starts
Tue 01 Jun 2027 14:00 Berlin  web@8.30.0 prod-eu  starts
Tue 01 Jun 2027 14:30 Berlin  payments@3.30.0 staging  starts
Tue 01 Jun 2027 14:30 Berlin  web@8.30.0 staging  done
Tue 01 Jun 2027 14:30 Berlin  payments@3.30.0 prod-eu  waits: prod-eu is locked by web@8.30.0 (dep_01MQDBYY26XM5NWP1N97R5GWHJ); 1st of 1 for prod-eu
Tue 01 Jun 2027 14:41 Berlin  payments@3.30.0 prod-eu  waits: window office-hours-eu closes Tue 1 Jun 16:00 Berlin, too early for 1h21m; opens again Wed 2 Jun 09:00 Berlin
Tue 01 Jun 2027 08:41 New York  web@8.30.0 prod-us  waits: prod-eu healthy for 2h; window office-hours-us opens Tue 1 Jun 09:00 New York
Tue 01 Jun 2027 09:00 New York  web@8.30.0 prod-us  waits: prod-eu healthy for 2h
Tue 01 Jun 2027 15:00 Berlin  payments@3.30.0 staging  done
Tue 01 Jun 2027 15:11 Berlin  web@8.30.0 prod-eu  done
Tue 01 Jun 2027 10:41 New York  web@8.30.0 prod-us  starts
Tue 01 Jun 2027 11:52 New York  web@8.30.0 prod-us  done
Tue 01 Jun 2027 20:41 Berlin  payments@3.30.0 prod-eu  waits: window office-hours-eu opens Wed 2 Jun 09:00 Berlin
Wed 02 Jun 2027 09:00 Berlin  payments@3.30.0 prod-eu  starts
Wed 02 Jun 2027 03:40 New York  payments@3.30.0 prod-us  waits: prod-eu healthy for 2h; window office-hours-us opens Wed 2 Jun 09:00 New York
Wed 02 Jun 2027 10:10 Berlin  payments@3.30.0 prod-eu  done
Wed 02 Jun 2027 05:40 New York  payments@3.30.0 prod-us  waits: window office-hours-us opens Wed 2 Jun 09:00 New York
Wed 02 Jun 2027 09:00 New York  payments@3.30.0 prod-us  starts
Wed 02 Jun 2027 10:10 New York  payments@3.30.0 prod-us  done
Tue 08 Jun 2027 14:00 Berlin  web@8.31.0 staging  starts
Tue 08 Jun 2027 14:00 Berlin  web@8.31.0 prod-eu  starts
Tue 08 Jun 2027 14:30 Berlin  web@8.31.0 staging  done
Tue 08 Jun 2027 08:40 New York  web@8.31.0 prod-us  waits: prod-eu healthy for 2h; window office-hours-us opens Tue 8 Jun 09:00 New York
Tue 08 Jun 2027 09:00 New York  web@8.31.0 prod-us  waits: prod-eu healthy for 2h
Tue 08 Jun 2027 15:10 Berlin  web@8.31.0 prod-eu  done
Tue 08 Jun 2027 10:40 New York  web@8.31.0 prod-us  starts
Tue 08 Jun 2027 11:51 New York  web@8.31.0 prod-us  done
Tue 15 Jun 2027 14:00 Berlin  web@8.32.0 staging  starts
Tue 15 Jun 2027 14:00 Berlin  web@8.32.0 prod-eu  starts
Tue 15 Jun 2027 14:30 Berlin  payments@3.32.0 staging  starts
Tue 15 Jun 2027 14:30 Berlin  payments@3.32.0 prod-eu  waits: prod-eu is locked by web@8.32.0 (dep_01MRHDH1XZRXG6H7N9N53DQ2ME); 1st of 1 for prod-eu
Tue 15 Jun 2027 14:30 Berlin  web@8.32.0 staging  done
Tue 15 Jun 2027 14:40 Berlin  payments@3.32.0 prod-eu  waits: window office-hours-eu closes Tue 15 Jun 16:00 Berlin, too early for 1h21m; opens again Wed 16 Jun 09:00 Berlin
Tue 15 Jun 2027 08:40 New York  web@8.32.0 prod-us  waits: prod-eu healthy for 2h; window office-hours-us opens Tue 15 Jun 09:00 New York
Tue 15 Jun 2027 09:00 New York  web@8.32.0 prod-us  waits: prod-eu healthy for 2h
Tue 15 Jun 2027 15:00 Berlin  payments@3.32.0 staging  done
Tue 15 Jun 2027 15:10 Berlin  web@8.32.0 prod-eu  done
Tue 15 Jun 2027 10:40 New York  web@8.32.0 prod-us  starts
Tue 15 Jun 2027 11:51 New York  web@8.32.0 prod-us  done
Tue 15 Jun 2027 20:40 Berlin  payments@3.32.0 prod-eu  waits: window office-hours-eu opens Wed 16 Jun 09:00 Berlin
Wed 16 Jun 2027 09:00 Berlin  payments@3.32.0 prod-eu  starts
Wed 16 Jun 2027 03:40 New York  payments@3.32.0 prod-us  waits: prod-eu healthy for 2h; window office-hours-us opens Wed 16 Jun 09:00 New York
Wed 16 Jun 2027 10:10 Berlin  payments@3.32.0 prod-eu  done
Wed 16 Jun 2027 05:40 New York  payments@3.32.0 prod-us  waits: window office-hours-us opens Wed 16 Jun 09:00 New York
Wed 16 Jun 2027 09:00 New York  payments@3.32.0 prod-us  starts
Wed 16 Jun 2027 10:10 New York  payments@3.32.0 prod-us  done
Tue 22 Jun 2027 14:00 Berlin  web@8.33.0 staging  starts
Tue 22 Jun 2027 14:00 Berlin  web@8.33.0 prod-eu  starts
Tue 22 Jun 2027 14:30 Berlin  web@8.33.0 staging  done
Tue 22 Jun 2027 08:40 New York  web@8.33.0 prod-us  waits: prod-eu healthy for 2h; window office-hours-us opens Tue 22 Jun 09:00 New York
Tue 22 Jun 2027 09:00 New York  web@8.33.0 prod-us  waits: prod-eu healthy for 2h
Tue 22 Jun 2027 15:10 Berlin  ledger@5.33.0 staging  starts
Tue 22 Jun 2027 15:10 Berlin  ledger@5.33.0 prod-eu  waits: window office-hours-eu closes Tue 22 Jun 16:00 Berlin, too early for 1h20m; opens again Wed 23 Jun 09:00 Berlin
Tue 22 Jun 2027 15:10 Berlin  web@8.33.0 prod-eu  done
Tue 22 Jun 2027 15:40 Berlin  ledger@5.33.0 staging  done
Tue 22 Jun 2027 10:40 New York  web@8.33.0 prod-us  starts
Tue 22 Jun 2027 11:50 New York  web@8.33.0 prod-us  done
Tue 22 Jun 2027 21:10 Berlin  ledger@5.33.0 prod-eu  waits: window office-hours-eu opens Wed 23 Jun 09:00 Berlin
Wed 23 Jun 2027 09:00 Berlin  ledger@5.33.0 prod-eu  starts
Wed 23 Jun 2027 03:40 New York  ledger@5.33.0 prod-us  waits: prod-eu healthy for 2h; window office-hours-us opens Wed 23 Jun 09:00 New York
Wed 23 Jun 2027 10:10 Berlin  ledger@5.33.0 prod-eu  done
Wed 23 Jun 2027 05:40 New York  ledger@5.33.0 prod-us  waits: window office-hours-us opens Wed 23 Jun 09:00 New York
Wed 23 Jun 2027 09:00 New York  ledger@5.33.0 prod-us  starts
Wed 23 Jun 2027 10:10 New York  ledger@5.33.0 prod-us  done
Tue 29 Jun 2027 14:00 Berlin  web@8.34.0 staging  starts
Tue 29 Jun 2027 14:00 Berlin  web@8.34.0 prod-eu  starts
Tue 29 Jun 2027 14:30 Berlin  payments@3.34.0 staging  starts
Tue 29 Jun 2027 14:30 Berlin  payments@3.34.0 prod-eu  waits: prod-eu is locked by web@8.34.0 (dep_01MSNF352HCH39EKEP1NTW9BHF); 1st of 1 for prod-eu
Tue 29 Jun 2027 14:30 Berlin  web@8.34.0 staging  done
Tue 29 Jun 2027 14:41 Berlin  payments@3.34.0 prod-eu  waits: window office-hours-eu closes Tue 29 Jun 16:00 Berlin, too early for 1h21m; opens again Wed 30 Jun 09:00 Berlin
Tue 29 Jun 2027 08:41 New York  web@8.34.0 prod-us  waits: prod-eu healthy for 2h; window office-hours-us opens Tue 29 Jun 09:00 New York
Tue 29 Jun 2027 09:00 New York  web@8.34.0 prod-us  waits: prod-eu healthy for 2h
Tue 29 Jun 2027 15:00 Berlin  payments@3.34.0 staging  done
Tue 29 Jun 2027 15:11 Berlin  web@8.34.0 prod-eu  done
Tue 29 Jun 2027 10:41 New York  web@8.34.0 prod-us  starts
Tue 29 Jun 2027 11:51 New York  web@8.34.0 prod-us  done
Tue 29 Jun 2027 20:41 Berlin  payments@3.34.0 prod-eu  waits: window office-hours-eu opens Wed 30 Jun 09:00 Berlin
Wed 30 Jun 2027 09:00 Berlin  payments@3.34.0 prod-eu  starts
Wed 30 Jun 2027 03:40 New York  payments@3.34.0 prod-us  waits: prod-eu healthy for 2h; window office-hours-us opens Wed 30 Jun 09:00 New York
Wed 30 Jun 2027 10:10 Berlin  payments@3.34.0 prod-eu  done
Wed 30 Jun 2027 05:40 New York  payments@3.34.0 prod-us  waits: window office-hours-us opens Wed 30 Jun 09:00 New York
Wed 30 Jun 2027 09:00 New York  payments@3.34.0 prod-us  starts
Wed 30 Jun 2027 10:10 New York  payments@3.34.0 prod-us  done
Tue 06 Jul 2027 14:00 Berlin  web@8.35.0 staging  starts
Tue 06 Jul 2027 14:00 Berlin  web@8.35.0 prod-eu  starts
Tue 06 Jul 2027 14:30 Berlin  web@8.35.0 staging  done
Tue 06 Jul 2027 08:40 New York  web@8.35.0 prod-us  waits: prod-eu healthy for 2h; window office-hours-us opens Tue 6 Jul 09:00 New York
Tue 06 Jul 2027 09:00 New York  web@8.35.0 prod-us  waits: prod-eu healthy for 2h
Tue 06 Jul 2027 15:10 Berlin  web@8.35.0 prod-eu  done
Tue 06 Jul 2027 10:40 New York  web@8.35.0 prod-us  starts
Tue 06 Jul 2027 11:51 New York  web@8.35.0 prod-us  done
Tue 13 Jul 2027 14:00 Berlin  web@8.36.0 staging  starts
Tue 13 Jul 2027 14:00 Berlin  web@8.36.0 prod-eu  starts
Tue 13 Jul 2027 14:30 Berlin  payments@3.36.0 staging  starts
Tue 13 Jul 2027 14:30 Berlin  web@8.36.0 staging  done
Tue 13 Jul 2027 14:30 Berlin  payments@3.36.0 prod-eu  waits: prod-eu is locked by web@8.36.0 (dep_01MTSGN3S2V99VJCMV2W3MY60T); 1st of 1 for prod-eu
Tue 13 Jul 2027 14:41 Berlin  payments@3.36.0 prod-eu  waits: window office-hours-eu closes Tue 13 Jul 16:00 Berlin, too early for 1h21m; opens again Wed 14 Jul 09:00 Berlin
Tue 13 Jul 2027 08:41 New York  web@8.36.0 prod-us  waits: prod-eu healthy for 2h; window office-hours-us opens Tue 13 Jul 09:00 New York
Tue 13 Jul 2027 09:00 New York  web@8.36.0 prod-us  waits: prod-eu healthy for 2h
Tue 13 Jul 2027 15:00 Berlin  payments@3.36.0 staging  done
Tue 13 Jul 2027 15:11 Berlin  web@8.36.0 prod-eu  done
Tue 13 Jul 2027 10:41 New York  web@8.36.0 prod-us  starts
Tue 13 Jul 2027 11:52 New York  web@8.36.0 prod-us  done
Tue 13 Jul 2027 20:41 Berlin  payments@3.36.0 prod-eu  waits: window office-hours-eu opens Wed 14 Jul 09:00 Berlin
Wed 14 Jul 2027 09:00 Berlin  payments@3.36.0 prod-eu  starts
Wed 14 Jul 2027 03:40 New York  payments@3.36.0 prod-us  waits: prod-eu healthy for 2h; window office-hours-us opens Wed 14 Jul 09:00 New York
Wed 14 Jul 2027 10:10 Berlin  payments@3.36.0 prod-eu  done
Wed 14 Jul 2027 05:40 New York  payments@3.36.0 prod-us  waits: window office-hours-us opens Wed 14 Jul 09:00 New York
Wed 14 Jul 2027 09:00 New York  payments@3.36.0 prod-us  starts
Wed 14 Jul 2027 10:10 New York  payments@3.36.0 prod-us  done
Tue 20 Jul 2027 14:00 Berlin  web@8.37.0 staging  starts
Tue 20 Jul 2027 14:00 Berlin  web@8.37.0 prod-eu  starts
Tue 20 Jul 2027 14:30 Berlin  web@8.37.0 staging  done
Tue 20 Jul 2027 08:40 New York  web@8.37.0 prod-us  waits: prod-eu healthy for 2h; window office-hours-us opens Tue 20 Jul 09:00 New York
Tue 20 Jul 2027 09:00 New York  web@8.37.0 prod-us  waits: prod-eu healthy for 2h
Tue 20 Jul 2027 15:10 Berlin  ledger@5.37.0 staging  starts
Tue 20 Jul 2027 15:10 Berlin  ledger@5.37.0 prod-eu  waits: window office-hours-eu closes Tue 20 Jul 16:00 Berlin, too early for 1h20m; opens again Wed 21 Jul 09:00 Berlin
Tue 20 Jul 2027 15:10 Berlin  web@8.37.0 prod-eu  done
Tue 20 Jul 2027 15:40 Berlin  ledger@5.37.0 staging  done
Tue 20 Jul 2027 10:40 New York  web@8.37.0 prod-us  starts
Tue 20 Jul 2027 11:51 New York  web@8.37.0 prod-us  done
Tue 20 Jul 2027 21:10 Berlin  ledger@5.37.0 prod-eu  waits: window office-hours-eu opens Wed 21 Jul 09:00 Berlin
Wed 21 Jul 2027 09:00 Berlin  ledger@5.37.0 prod-eu  starts
Wed 21 Jul 2027 03:40 New York  ledger@5.37.0 prod-us  waits: prod-eu healthy for 2h; window office-hours-us opens Wed 21 Jul 09:00 New York
Wed 21 Jul 2027 10:10 Berlin  ledger@5.37.0 prod-eu  done
Wed 21 Jul 2027 05:40 New York  ledger@5.37.0 prod-us  waits: window office-hours-us opens Wed 21 Jul 09:00 New York
Wed 21 Jul 2027 09:00 New York  ledger@5.37.0 prod-us  starts
Wed 21 Jul 2027 10:10 New York  ledger@5.37.0 prod-us  done
Tue 27 Jul 2027 14:00 Berlin  web@8.38.0 staging  starts
Tue 27 Jul 2027 14:00 Berlin  web@8.38.0 prod-eu  starts
Tue 27 Jul 2027 14:30 Berlin  payments@3.38.0 staging  starts
Tue 27 Jul 2027 14:30 Berlin  payments@3.38.0 prod-eu  waits: prod-eu is locked by web@8.38.0 (dep_01MVXJ7BGDFMAJABA8GAQCFE6F); 1st of 1 for prod-eu
Tue 27 Jul 2027 14:30 Berlin  web@8.38.0 staging  done
Tue 27 Jul 2027 14:40 Berlin  payments@3.38.0 prod-eu  waits: window office-hours-eu closes Tue 27 Jul 16:00 Berlin, too early for 1h21m; opens again Wed 28 Jul 09:00 Berlin
Tue 27 Jul 2027 08:40 New York  web@8.38.0 prod-us  waits: prod-eu healthy for 2h; window office-hours-us opens Tue 27 Jul 09:00 New York
Tue 27 Jul 2027 09:00 New York  web@8.38.0 prod-us  waits: prod-eu healthy for 2h
Tue 27 Jul 2027 15:00 Berlin  payments@3.38.0 staging  done
Tue 27 Jul 2027 15:10 Berlin  web@8.38.0 prod-eu  done
Tue 27 Jul 2027 10:40 New York  web@8.38.0 prod-us  starts
Tue 27 Jul 2027 11:51 New York  web@8.38.0 prod-us  done
Tue 27 Jul 2027 20:40 Berlin  payments@3.38.0 prod-eu  waits: window office-hours-eu opens Wed 28 Jul 09:00 Berlin
Wed 28 Jul 2027 04:38 Berlin  payments@3.38.0 prod-eu  waits: window office-hours-eu opens Wed 28 Jul 09:00 Berlin; freeze quarter-close until Wed 4 Aug 00:00 Berlin
Wed 28 Jul 2027 09:00 Berlin  payments@3.38.0 prod-eu  waits: freeze quarter-close until Wed 4 Aug 00:00 Berlin
Wed 28 Jul 2027 20:38 Berlin  payments@3.38.0 prod-eu  waits: window office-hours-eu opens Thu 29 Jul 09:00 Berlin; freeze quarter-close until Wed 4 Aug 00:00 Berlin
Thu 29 Jul 2027 09:00 Berlin  payments@3.38.0 prod-eu  waits: freeze quarter-close until Wed 4 Aug 00:00 Berlin
Thu 29 Jul 2027 20:38 Berlin  payments@3.38.0 prod-eu  waits: window office-hours-eu opens Mon 2 Aug 09:00 Berlin; freeze quarter-close until Wed 4 Aug 00:00 Berlin
Mon 02 Aug 2027 09:00 Berlin  payments@3.38.0 prod-eu  waits: freeze quarter-close until Wed 4 Aug 00:00 Berlin
Mon 02 Aug 2027 20:38 Berlin  payments@3.38.0 prod-eu  waits: window office-hours-eu opens Tue 3 Aug 09:00 Berlin; freeze quarter-close until Wed 4 Aug 00:00 Berlin
Tue 03 Aug 2027 09:00 Berlin  payments@3.38.0 prod-eu  waits: freeze quarter-close until Wed 4 Aug 00:00 Berlin
Tue 03 Aug 2027 14:00 Berlin  web@8.39.0 staging  starts
Tue 03 Aug 2027 14:00 Berlin  web@8.39.0 prod-eu  starts
Tue 03 Aug 2027 14:30 Berlin  web@8.39.0 staging  done
Tue 03 Aug 2027 14:38 Berlin  payments@3.38.0 prod-eu  waits: freeze quarter-close until Wed 4 Aug 00:00 Berlin; prod-eu is locked by web@8.39.0 (dep_01MWFK0B0NAQ0X4TQKP266BY5G); 1st of 1 for prod-eu
Tue 03 Aug 2027 08:40 New York  web@8.39.0 prod-us  waits: prod-eu healthy for 2h; window office-hours-us opens Tue 3 Aug 09:00 New York
Tue 03 Aug 2027 14:43 Berlin  payments@3.38.0 prod-eu  waits: window office-hours-eu closes Tue 3 Aug 16:00 Berlin, too early for 1h21m; opens again Wed 4 Aug 09:00 Berlin; freeze quarter-close until Wed 4 Aug 00:00 Berlin
Tue 03 Aug 2027 09:00 New York  web@8.39.0 prod-us  waits: prod-eu healthy for 2h
Tue 03 Aug 2027 15:10 Berlin  web@8.39.0 prod-eu  done
Tue 03 Aug 2027 10:40 New York  web@8.39.0 prod-us  starts
Tue 03 Aug 2027 11:51 New York  web@8.39.0 prod-us  done
Tue 03 Aug 2027 20:43 Berlin  payments@3.38.0 prod-eu  waits: window office-hours-eu opens Wed 4 Aug 09:00 Berlin; freeze quarter-close until Wed 4 Aug 00:00 Berlin
Wed 04 Aug 2027 00:00 Berlin  payments@3.38.0 prod-eu  waits: window office-hours-eu opens Wed 4 Aug 09:00 Berlin
Wed 04 Aug 2027 09:00 Berlin  payments@3.38.0 prod-eu  starts
Wed 04 Aug 2027 03:40 New York  payments@3.38.0 prod-us  waits: prod-eu healthy for 2h; window office-hours-us opens Wed 4 Aug 09:00 New York
Wed 04 Aug 2027 10:10 Berlin  payments@3.38.0 prod-eu  done
Wed 04 Aug 2027 05:40 New York  payments@3.38.0 prod-us  waits: window office-hours-us opens Wed 4 Aug 09:00 New York
Wed 04 Aug 2027 09:00 New York  payments@3.38.0 prod-us  starts
Wed 04 Aug 2027 10:10 New York  payments@3.38.0 prod-us  done
Tue 10 Aug 2027 14:00 Berlin  web@8.40.0 staging  starts
Tue 10 Aug 2027 14:00 Berlin  web@8.40.0 prod-eu  starts
Tue 10 Aug 2027 14:30 Berlin  payments@3.40.0 staging  starts
Tue 10 Aug 2027 14:30 Berlin  payments@3.40.0 prod-eu  waits: prod-eu is locked by web@8.40.0 (dep_01MX1KS700ZXG986TBJNCJGTJV); 1st of 1 for prod-eu
Tue 10 Aug 2027 14:30 Berlin  web@8.40.0 staging  done
Tue 10 Aug 2027 14:41 Berlin  payments@3.40.0 prod-eu  waits: window office-hours-eu closes Tue 10 Aug 16:00 Berlin, too early for 1h21m; opens again Wed 11 Aug 09:00 Berlin
Tue 10 Aug 2027 08:41 New York  web@8.40.0 prod-us  waits: prod-eu healthy for 2h; window office-hours-us opens Tue 10 Aug 09:00 New York
Tue 10 Aug 2027 09:00 New York  web@8.40.0 prod-us  waits: prod-eu healthy for 2h
Tue 10 Aug 2027 15:00 Berlin  payments@3.40.0 staging  done
Tue 10 Aug 2027 15:11 Berlin  web@8.40.0 prod-eu  done
Tue 10 Aug 2027 10:41 New York  web@8.40.0 prod-us  starts
Tue 10 Aug 2027 11:51 New York  web@8.40.0 prod-us  done
Tue 10 Aug 2027 20:41 Berlin  payments@3.40.0 prod-eu  waits: window office-hours-eu opens Wed 11 Aug 09:00 Berlin
Wed 11 Aug 2027 09:00 Berlin  payments@3.40.0 prod-eu  starts
Wed 11 Aug 2027 03:40 New York  payments@3.40.0 prod-us  waits: prod-eu healthy for 2h; window office-hours-us opens Wed 11 Aug 09:00 New York
Wed 11 Aug 2027 10:10 Berlin  payments@3.40.0 prod-eu  done
Wed 11 Aug 2027 05:40 New York  payments@3.40.0 prod-us  waits: window office-hours-us opens Wed 11 Aug 09:00 New York
Wed 11 Aug 2027 09:00 New York  payments@3.40.0 prod-us  starts
Wed 11 Aug 2027 10:10 New York  payments@3.40.0 prod-us  done
Tue 17 Aug 2027 14:00 Berlin  web@8.41.0 staging  starts
Tue 17 Aug 2027 14:00 Berlin  web@8.41.0 prod-eu  starts
Tue 17 Aug 2027 14:30 Berlin  web@8.41.0 staging  done
Tue 17 Aug 2027 08:40 New York  web@8.41.0 prod-us  waits: prod-eu healthy for 2h; window office-hours-us opens Tue 17 Aug 09:00 New York
Tue 17 Aug 2027 09:00 New York  web@8.41.0 prod-us  waits: prod-eu healthy for 2h
Tue 17 Aug 2027 15:10 Berlin  ledger@5.41.0 staging  starts
Tue 17 Aug 2027 15:10 Berlin  ledger@5.41.0 prod-eu  waits: window office-hours-eu closes Tue 17 Aug 16:00 Berlin, too early for 1h20m; opens again Wed 18 Aug 09:00 Berlin
Tue 17 Aug 2027 15:10 Berlin  web@8.41.0 prod-eu  done
Tue 17 Aug 2027 15:40 Berlin  ledger@5.41.0 staging  done
Tue 17 Aug 2027 10:40 New York  web@8.41.0 prod-us  starts
Tue 17 Aug 2027 11:51 New York  web@8.41.0 prod-us  done
Tue 17 Aug 2027 21:10 Berlin  ledger@5.41.0 prod-eu  waits: window office-hours-eu opens Wed 18 Aug 09:00 Berlin
Wed 18 Aug 2027 09:00 Berlin  ledger@5.41.0 prod-eu  starts
Wed 18 Aug 2027 03:40 New York  ledger@5.41.0 prod-us  waits: prod-eu healthy for 2h; window office-hours-us opens Wed 18 Aug 09:00 New York
Wed 18 Aug 2027 10:10 Berlin  ledger@5.41.0 prod-eu  done
Wed 18 Aug 2027 05:40 New York  ledger@5.41.0 prod-us  waits: window office-hours-us opens Wed 18 Aug 09:00 New York
Wed 18 Aug 2027 09:00 New York  ledger@5.41.0 prod-us  starts
Wed 18 Aug 2027 10:10 New York  ledger@5.41.0 prod-us  done
Tue 24 Aug 2027 14:00 Berlin  web@8.42.0 staging  starts
Tue 24 Aug 2027 14:00 Berlin  web@8.42.0 prod-eu  starts
Tue 24 Aug 2027 14:30 Berlin  payments@3.42.0 staging  starts
Tue 24 Aug 2027 14:30 Berlin  web@8.42.0 staging  done
Tue 24 Aug 2027 14:30 Berlin  payments@3.42.0 prod-eu  waits: prod-eu is locked by web@8.42.0 (dep_01MY5NB8KQF7Z3C8MEZWNP03E9); 1st of 1 for prod-eu
Tue 24 Aug 2027 14:42 Berlin  payments@3.42.0 prod-eu  waits: window office-hours-eu closes Tue 24 Aug 16:00 Berlin, too early for 1h20m; opens again Wed 25 Aug 09:00 Berlin
Tue 24 Aug 2027 08:42 New York  web@8.42.0 prod-us  waits: prod-eu healthy for 2h; window office-hours-us opens Tue 24 Aug 09:00 New York
Tue 24 Aug 2027 09:00 New York  web@8.42.0 prod-us  waits: prod-eu healthy for 2h
Tue 24 Aug 2027 15:00 Berlin  payments@3.42.0 staging  done
Tue 24 Aug 2027 15:12 Berlin  web@8.42.0 prod-eu  done
Tue 24 Aug 2027 10:42 New York  web@8.42.0 prod-us  starts
Tue 24 Aug 2027 11:52 New York  web@8.42.0 prod-us  done
Tue 24 Aug 2027 20:42 Berlin  payments@3.42.0 prod-eu  waits: window office-hours-eu opens Wed 25 Aug 09:00 Berlin
Wed 25 Aug 2027 09:00 Berlin  payments@3.42.0 prod-eu  starts
Wed 25 Aug 2027 03:40 New York  payments@3.42.0 prod-us  waits: prod-eu healthy for 2h; window office-hours-us opens Wed 25 Aug 09:00 New York
Wed 25 Aug 2027 10:10 Berlin  payments@3.42.0 prod-eu  done
Wed 25 Aug 2027 05:40 New York  payments@3.42.0 prod-us  waits: window office-hours-us opens Wed 25 Aug 09:00 New York
Wed 25 Aug 2027 09:00 New York  payments@3.42.0 prod-us  starts
Wed 25 Aug 2027 10:10 New York  payments@3.42.0 prod-us  done
Tue 31 Aug 2027 14:00 Berlin  web@8.43.0 staging  starts
Tue 31 Aug 2027 14:00 Berlin  web@8.43.0 prod-eu  starts
Tue 31 Aug 2027 14:30 Berlin  web@8.43.0 staging  done
Tue 31 Aug 2027 08:40 New York  web@8.43.0 prod-us  waits: prod-eu healthy for 2h; window office-hours-us opens Tue 31 Aug 09:00 New York
Tue 31 Aug 2027 09:00 New York  web@8.43.0 prod-us  waits: prod-eu healthy for 2h
Tue 31 Aug 2027 15:10 Berlin  web@8.43.0 prod-eu  done
Tue 31 Aug 2027 10:40 New York  web@8.43.0 prod-us  starts
Tue 31 Aug 2027 11:51 New York  web@8.43.0 prod-us  done
Tue 07 Sep 2027 14:00 Berlin  web@8.44.0 staging  starts
Tue 07 Sep 2027 14:00 Berlin  web@8.44.0 prod-eu  starts
Tue 07 Sep 2027 14:30 Berlin  payments@3.44.0 staging  starts
Tue 07 Sep 2027 14:30 Berlin  web@8.44.0 staging  done
Tue 07 Sep 2027 14:30 Berlin  payments@3.44.0 prod-eu  waits: prod-eu is locked by web@8.44.0 (dep_01MZ9PXAVYRRWTQM30VG6EECAT); 1st of 1 for prod-eu
Tue 07 Sep 2027 14:41 Berlin  payments@3.44.0 prod-eu  waits: window office-hours-eu closes Tue 7 Sep 16:00 Berlin, too early for 1h20m; opens again Wed 8 Sep 09:00 Berlin
Tue 07 Sep 2027 08:41 New York  web@8.44.0 prod-us  waits: prod-eu healthy for 2h; window office-hours-us opens Tue 7 Sep 09:00 New York
Tue 07 Sep 2027 09:00 New York  web@8.44.0 prod-us  waits: prod-eu healthy for 2h
Tue 07 Sep 2027 15:00 Berlin  payments@3.44.0 staging  done
Tue 07 Sep 2027 15:11 Berlin  web@8.44.0 prod-eu  done
Tue 07 Sep 2027 10:41 New York  web@8.44.0 prod-us  starts
Tue 07 Sep 2027 11:52 New York  web@8.44.0 prod-us  done
Tue 07 Sep 2027 20:41 Berlin  payments@3.44.0 prod-eu  waits: window office-hours-eu opens Wed 8 Sep 09:00 Berlin
Wed 08 Sep 2027 09:00 Berlin  payments@3.44.0 prod-eu  starts
Wed 08 Sep 2027 03:40 New York  payments@3.44.0 prod-us  waits: prod-eu healthy for 2h; window office-hours-us opens Wed 8 Sep 09:00 New York
Wed 08 Sep 2027 10:10 Berlin  payments@3.44.0 prod-eu  done
Wed 08 Sep 2027 05:40 New York  payments@3.44.0 prod-us  waits: window office-hours-us opens Wed 8 Sep 09:00 New York
Wed 08 Sep 2027 09:00 New York  payments@3.44.0 prod-us  starts
Wed 08 Sep 2027 10:10 New York  payments@3.44.0 prod-us  done
Tue 14 Sep 2027 14:00 Berlin  web@8.45.0 staging  starts
Tue 14 Sep 2027 14:00 Berlin  web@8.45.0 prod-eu  starts
Tue 14 Sep 2027 14:30 Berlin  web@8.45.0 staging  done
Tue 14 Sep 2027 08:40 New York  web@8.45.0 prod-us  waits: prod-eu healthy for 2h; window office-hours-us opens Tue 14 Sep 09:00 New York
Tue 14 Sep 2027 09:00 New York  web@8.45.0 prod-us  waits: prod-eu healthy for 2h
Tue 14 Sep 2027 15:10 Berlin  ledger@5.45.0 staging  starts
Tue 14 Sep 2027 15:10 Berlin  ledger@5.45.0 prod-eu  waits: window office-hours-eu closes Tue 14 Sep 16:00 Berlin, too early for 1h20m; opens again Wed 15 Sep 09:00 Berlin
Tue 14 Sep 2027 15:10 Berlin  web@8.45.0 prod-eu  done
Tue 14 Sep 2027 15:40 Berlin  ledger@5.45.0 staging  done
Tue 14 Sep 2027 10:40 New York  web@8.45.0 prod-us  starts
Tue 14 Sep 2027 11:51 New York  web@8.45.0 prod-us  done
Tue 14 Sep 2027 21:10 Berlin  ledger@5.45.0 prod-eu  waits: window office-hours-eu opens Wed 15 Sep 09:00 Berlin
Wed 15 Sep 2027 09:00 Berlin  ledger@5.45.0 prod-eu  starts
Wed 15 Sep 2027 03:40 New York  ledger@5.45.0 prod-us  waits: prod-eu healthy for 2h; window office-hours-us opens Wed 15 Sep 09:00 New York
Wed 15 Sep 2027 10:10 Berlin  ledger@5.45.0 prod-eu  done
Wed 15 Sep 2027 05:40 New York  ledger@5.45.0 prod-us  waits: window office-hours-us opens Wed 15 Sep 09:00 New York
Wed 15 Sep 2027 09:00 New York  ledger@5.45.0 prod-us  starts
Wed 15 Sep 2027 10:10 New York  ledger@5.45.0 prod-us  done
Tue 21 Sep 2027 14:00 Berlin  web@8.46.0 staging  starts
Tue 21 Sep 2027 14:00 Berlin  web@8.46.0 prod-eu  starts
Tue 21 Sep 2027 14:30 Berlin  payments@3.46.0 staging  starts
Tue 21 Sep 2027 14:30 Berlin  web@8.46.0 staging  done
Tue 21 Sep 2027 14:30 Berlin  payments@3.46.0 prod-eu  waits: prod-eu is locked by web@8.46.0 (dep_01N0DRF9877W7V0J22NSY5F0AD); 1st of 1 for prod-eu
Tue 21 Sep 2027 14:41 Berlin  payments@3.46.0 prod-eu  waits: window office-hours-eu closes Tue 21 Sep 16:00 Berlin, too early for 1h20m; opens again Wed 22 Sep 09:00 Berlin
Tue 21 Sep 2027 08:41 New York  web@8.46.0 prod-us  waits: prod-eu healthy for 2h; window office-hours-us opens Tue 21 Sep 09:00 New York
Tue 21 Sep 2027 09:00 New York  web@8.46.0 prod-us  waits: prod-eu healthy for 2h
Tue 21 Sep 2027 15:00 Berlin  payments@3.46.0 staging  done
Tue 21 Sep 2027 15:11 Berlin  web@8.46.0 prod-eu  done
Tue 21 Sep 2027 10:41 New York  web@8.46.0 prod-us  starts
Tue 21 Sep 2027 11:52 New York  web@8.46.0 prod-us  done
Tue 21 Sep 2027 20:41 Berlin  payments@3.46.0 prod-eu  waits: window office-hours-eu opens Wed 22 Sep 09:00 Berlin
Wed 22 Sep 2027 09:00 Berlin  payments@3.46.0 prod-eu  starts
Wed 22 Sep 2027 03:40 New York  payments@3.46.0 prod-us  waits: prod-eu healthy for 2h; window office-hours-us opens Wed 22 Sep 09:00 New York
Wed 22 Sep 2027 10:10 Berlin  payments@3.46.0 prod-eu  done
Wed 22 Sep 2027 05:40 New York  payments@3.46.0 prod-us  waits: window office-hours-us opens Wed 22 Sep 09:00 New York
Wed 22 Sep 2027 09:00 New York  payments@3.46.0 prod-us  starts
Wed 22 Sep 2027 10:10 New York  payments@3.46.0 prod-us  done
Tue 28 Sep 2027 14:00 Berlin  web@8.47.0 staging  starts
Tue 28 Sep 2027 14:00 Berlin  web@8.47.0 prod-eu  starts
Tue 28 Sep 2027 14:30 Berlin  web@8.47.0 staging  done
Tue 28 Sep 2027 08:40 New York  web@8.47.0 prod-us  waits: prod-eu healthy for 2h; window office-hours-us opens Tue 28 Sep 09:00 New York
Tue 28 Sep 2027 09:00 New York  web@8.47.0 prod-us  waits: prod-eu healthy for 2h
Tue 28 Sep 2027 15:10 Berlin  web@8.47.0 prod-eu  done
Tue 28 Sep 2027 10:40 New York  web@8.47.0 prod-us  starts
Tue 28 Sep 2027 11:51 New York  web@8.47.0 prod-us  done
Tue 05 Oct 2027 14:00 Berlin  web@8.48.0 staging  starts
Tue 05 Oct 2027 14:00 Berlin  web@8.48.0 prod-eu  starts
Tue 05 Oct 2027 14:30 Berlin  payments@3.48.0 staging  starts
Tue 05 Oct 2027 14:30 Berlin  payments@3.48.0 prod-eu  waits: prod-eu is locked by web@8.48.0 (dep_01N1HT1KG07GVD18B0EVWD4TG4); 1st of 1 for prod-eu
Tue 05 Oct 2027 14:30 Berlin  web@8.48.0 staging  done
Tue 05 Oct 2027 14:41 Berlin  payments@3.48.0 prod-eu  waits: window office-hours-eu closes Tue 5 Oct 16:00 Berlin, too early for 1h20m; opens again Wed 6 Oct 09:00 Berlin
Tue 05 Oct 2027 08:41 New York  web@8.48.0 prod-us  waits: prod-eu healthy for 2h; window office-hours-us opens Tue 5 Oct 09:00 New York
Tue 05 Oct 2027 09:00 New York  web@8.48.0 prod-us  waits: prod-eu healthy for 2h
Tue 05 Oct 2027 15:00 Berlin  payments@3.48.0 staging  done
Tue 05 Oct 2027 15:11 Berlin  web@8.48.0 prod-eu  done
Tue 05 Oct 2027 10:41 New York  web@8.48.0 prod-us  starts
Tue 05 Oct 2027 11:51 New York  web@8.48.0 prod-us  done
Tue 05 Oct 2027 20:41 Berlin  payments@3.48.0 prod-eu  waits: window office-hours-eu opens Wed 6 Oct 09:00 Berlin
Wed 06 Oct 2027 09:00 Berlin  payments@3.48.0 prod-eu  starts
Wed 06 Oct 2027 03:40 New York  payments@3.48.0 prod-us  waits: prod-eu healthy for 2h; window office-hours-us opens Wed 6 Oct 09:00 New York
Wed 06 Oct 2027 10:10 Berlin  payments@3.48.0 prod-eu  done
Wed 06 Oct 2027 05:40 New York  payments@3.48.0 prod-us  waits: window office-hours-us opens Wed 6 Oct 09:00 New York
Wed 06 Oct 2027 09:00 New York  payments@3.48.0 prod-us  starts
Wed 06 Oct 2027 10:10 New York  payments@3.48.0 prod-us  done
Tue 12 Oct 2027 14:00 Berlin  web@8.49.0 staging  starts
Tue 12 Oct 2027 14:00 Berlin  web@8.49.0 prod-eu  starts
Tue 12 Oct 2027 14:30 Berlin  web@8.49.0 staging  done
Tue 12 Oct 2027 08:40 New York  web@8.49.0 prod-us  waits: prod-eu healthy for 2h; window office-hours-us opens Tue 12 Oct 09:00 New York
Tue 12 Oct 2027 09:00 New York  web@8.49.0 prod-us  waits: prod-eu healthy for 2h
Tue 12 Oct 2027 15:10 Berlin  ledger@5.49.0 staging  starts
Tue 12 Oct 2027 15:10 Berlin  ledger@5.49.0 prod-eu  waits: window office-hours-eu closes Tue 12 Oct 16:00 Berlin, too early for 1h20m; opens again Wed 13 Oct 09:00 Berlin
Tue 12 Oct 2027 15:10 Berlin  web@8.49.0 prod-eu  done
Tue 12 Oct 2027 15:40 Berlin  ledger@5.49.0 staging  done
Tue 12 Oct 2027 10:40 New York  web@8.49.0 prod-us  starts
Tue 12 Oct 2027 11:51 New York  web@8.49.0 prod-us  done
Tue 12 Oct 2027 21:10 Berlin  ledger@5.49.0 prod-eu  waits: window office-hours-eu opens Wed 13 Oct 09:00 Berlin
Wed 13 Oct 2027 09:00 Berlin  ledger@5.49.0 prod-eu  starts
Wed 13 Oct 2027 03:40 New York  ledger@5.49.0 prod-us  waits: prod-eu healthy for 2h; window office-hours-us opens Wed 13 Oct 09:00 New York
Wed 13 Oct 2027 10:10 Berlin  ledger@5.49.0 prod-eu  done
Wed 13 Oct 2027 05:40 New York  ledger@5.49.0 prod-us  waits: window office-hours-us opens Wed 13 Oct 09:00 New York
Wed 13 Oct 2027 09:00 New York  ledger@5.49.0 prod-us  starts
Wed 13 Oct 2027 10:10 New York  ledger@5.49.0 prod-us  done
Tue 19 Oct 2027 14:00 Berlin  web@8.50.0 staging  starts
Tue 19 Oct 2027 14:00 Berlin  web@8.50.0 prod-eu  starts
Tue 19 Oct 2027 14:30 Berlin  payments@3.50.0 staging  starts
Tue 19 Oct 2027 14:30 Berlin  web@8.50.0 staging  done
Tue 19 Oct 2027 14:30 Berlin  payments@3.50.0 prod-eu  waits: prod-eu is locked by web@8.50.0 (dep_01N2NVKFG8GR60BRHCNFYY8D51); 1st of 1 for prod-eu
Tue 19 Oct 2027 14:41 Berlin  payments@3.50.0 prod-eu  waits: window office-hours-eu closes Tue 19 Oct 16:00 Berlin, too early for 1h20m; opens again Wed 20 Oct 09:00 Berlin
Tue 19 Oct 2027 08:41 New York  web@8.50.0 prod-us  waits: prod-eu healthy for 2h; window office-hours-us opens Tue 19 Oct 09:00 New York
Tue 19 Oct 2027 09:00 New York  web@8.50.0 prod-us  waits: prod-eu healthy for 2h
Tue 19 Oct 2027 15:00 Berlin  payments@3.50.0 staging  done
Tue 19 Oct 2027 15:11 Berlin  web@8.50.0 prod-eu  done
Tue 19 Oct 2027 10:41 New York  web@8.50.0 prod-us  starts
Tue 19 Oct 2027 11:52 New York  web@8.50.0 prod-us  done
Tue 19 Oct 2027 20:41 Berlin  payments@3.50.0 prod-eu  waits: window office-hours-eu opens Wed 20 Oct 09:00 Berlin
Wed 20 Oct 2027 09:00 Berlin  payments@3.50.0 prod-eu  starts
Wed 20 Oct 2027 03:40 New York  payments@3.50.0 prod-us  waits: prod-eu healthy for 2h; window office-hours-us opens Wed 20 Oct 09:00 New York
Wed 20 Oct 2027 10:10 Berlin  payments@3.50.0 prod-eu  done
Wed 20 Oct 2027 05:40 New York  payments@3.50.0 prod-us  waits: window office-hours-us opens Wed 20 Oct 09:00 New York
Wed 20 Oct 2027 09:00 New York  payments@3.50.0 prod-us  starts
Wed 20 Oct 2027 10:10 New York  payments@3.50.0 prod-us  done
Tue 26 Oct 2027 14:00 Berlin  web@8.51.0 staging  starts
Tue 26 Oct 2027 14:00 Berlin  web@8.51.0 prod-eu  starts
Tue 26 Oct 2027 14:30 Berlin  web@8.51.0 staging  done
Tue 26 Oct 2027 08:40 New York  web@8.51.0 prod-us  waits: prod-eu healthy for 2h; window office-hours-us opens Tue 26 Oct 09:00 New York
Tue 26 Oct 2027 09:00 New York  web@8.51.0 prod-us  waits: prod-eu healthy for 2h
Tue 26 Oct 2027 15:10 Berlin  web@8.51.0 prod-eu  done
Tue 26 Oct 2027 10:40 New York  web@8.51.0 prod-us  starts
Tue 26 Oct 2027 11:50 New York  web@8.51.0 prod-us  done
