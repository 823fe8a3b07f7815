Mon 02 Nov 2026 08:00 Berlin  config/main  in force
Mon 02 Nov 2026 08:00 Berlin  departure/retail/000001  laid for Tue 01 Dec 2026 10:00 Berlin 
Mon 02 Nov 2026 08:00 Berlin  departure/retail/000002  laid for Tue 15 Dec 2026 10:00 Berlin 
Tue 03 Nov 2026 14:00 Berlin  payments@3.0.0 staging  starts
Tue 03 Nov 2026 14:00 Berlin  web@8.0.0 staging  starts
Tue 03 Nov 2026 14:30 Berlin  web@8.0.0 staging  done
Tue 03 Nov 2026 14:30 Berlin  payments@3.0.0 staging  done
Tue 03 Nov 2026 15:00 Berlin  departure/retail/000001  web@8.0.0 is aboard
Tue 03 Nov 2026 15:00 Berlin  departure/retail/000001  payments@3.0.0 is aboard
Tue 10 Nov 2026 13:10 Berlin  ledger@5.1.0 staging  starts
Tue 10 Nov 2026 13:10 Berlin  ledger@5.1.0 prod-eu  starts
Tue 10 Nov 2026 07:10 New York  ledger@5.1.0 prod-us  waits: prod-eu healthy for 2h; window office-hours-us opens Tue 10 Nov 09:00 New York
Tue 10 Nov 2026 13:40 Berlin  ledger@5.1.0 staging  done
Tue 10 Nov 2026 13:40 Berlin  ledger@5.1.0 prod-eu  done
Tue 10 Nov 2026 14:00 Berlin  web@8.1.0 staging  starts
Tue 10 Nov 2026 14:30 Berlin  web@8.1.0 staging  done
Tue 10 Nov 2026 09:00 New York  ledger@5.1.0 prod-us  waits: prod-eu healthy for 2h
Tue 10 Nov 2026 15:00 Berlin  departure/retail/000001  web@8.1.0 is aboard
Tue 10 Nov 2026 09:10 New York  ledger@5.1.0 prod-us  starts
Tue 10 Nov 2026 09:40 New York  ledger@5.1.0 prod-us  done
Tue 17 Nov 2026 14:00 Berlin  payments@3.2.0 staging  starts
Tue 17 Nov 2026 14:00 Berlin  web@8.2.0 staging  starts
Tue 17 Nov 2026 14:30 Berlin  payments@3.2.0 staging  done
Tue 17 Nov 2026 14:30 Berlin  web@8.2.0 staging  done
Tue 17 Nov 2026 15:00 Berlin  departure/retail/000001  web@8.2.0 is aboard
Tue 17 Nov 2026 15:00 Berlin  departure/retail/000001  payments@3.2.0 is aboard
Tue 24 Nov 2026 14:00 Berlin  web@8.3.0 staging  starts
Tue 24 Nov 2026 14:30 Berlin  web@8.3.0 staging  done
Tue 24 Nov 2026 15:00 Berlin  departure/retail/000001  web@8.3.0 is aboard
Mon 30 Nov 2026 15:00 Berlin  departure/retail/000001  go by rita: everything is green
Tue 01 Dec 2026 10:00 Berlin  departure/retail/000001  payments@3.0.0 stays: payments@3.2.0 travels instead
Tue 01 Dec 2026 10:00 Berlin  departure/retail/000001  web@8.0.0 stays: web@8.3.0 travels instead
Tue 01 Dec 2026 10:00 Berlin  departure/retail/000001  web@8.1.0 stays: web@8.3.0 travels instead
Tue 01 Dec 2026 10:00 Berlin  departure/retail/000001  web@8.2.0 stays: web@8.3.0 travels instead
Tue 01 Dec 2026 10:00 Berlin  departure/retail/000001  departs with payments@3.2.0, web@8.3.0
Tue 01 Dec 2026 10:00 Berlin  departure/retail/000003  laid for Tue 29 Dec 2026 10:00 Berlin 
Tue 01 Dec 2026 10:00 Berlin  payments@3.2.0 prod-eu  waits: freeze peak-season until Tue 1 Dec 06:00 New York
Tue 01 Dec 2026 10:00 Berlin  web@8.3.0 prod-eu  waits: freeze peak-season until Tue 1 Dec 06:00 New York
Tue 01 Dec 2026 12:00 Berlin  web@8.3.0 prod-eu  starts
Tue 01 Dec 2026 12:00 Berlin  payments@3.2.0 prod-eu  waits: prod-eu is locked by web@8.3.0 (dep_01M8RDA4M003ZTRHC5K3Y9FWMF); 1st of 1 for prod-eu
Tue 01 Dec 2026 12:00 Berlin  payments@3.2.0 prod-eu  starts
Tue 01 Dec 2026 06:00 New York  web@8.3.0 prod-us  waits: prod-eu healthy for 2h; window office-hours-us opens Tue 1 Dec 09:00 New York
Tue 01 Dec 2026 06:00 New York  payments@3.2.0 prod-us  waits: prod-eu healthy for 2h; window office-hours-us opens Tue 1 Dec 09:00 New York
Tue 01 Dec 2026 12:30 Berlin  web@8.3.0 prod-eu  done
Tue 01 Dec 2026 12:30 Berlin  payments@3.2.0 prod-eu  done
Tue 01 Dec 2026 14:00 Berlin  payments@3.4.0 staging  starts
Tue 01 Dec 2026 14:00 Berlin  web@8.4.0 staging  starts
Tue 01 Dec 2026 08:00 New York  web@8.3.0 prod-us  waits: window office-hours-us opens Tue 1 Dec 09:00 New York
Tue 01 Dec 2026 08:00 New York  payments@3.2.0 prod-us  waits: window office-hours-us opens Tue 1 Dec 09:00 New York
Tue 01 Dec 2026 14:30 Berlin  web@8.4.0 staging  done
Tue 01 Dec 2026 14:30 Berlin  payments@3.4.0 staging  done
Tue 01 Dec 2026 09:00 New York  web@8.3.0 prod-us  starts
Tue 01 Dec 2026 09:00 New York  payments@3.2.0 prod-us  waits: prod-us is locked by web@8.3.0 (dep_01M8RM65YGS6CC258HFNGT9TTQ); 1st of 1 for prod-us
Tue 01 Dec 2026 15:00 Berlin  departure/retail/000002  web@8.4.0 is aboard
Tue 01 Dec 2026 15:00 Berlin  departure/retail/000002  payments@3.4.0 is aboard
Tue 01 Dec 2026 09:00 New York  payments@3.2.0 prod-us  starts
Tue 01 Dec 2026 09:30 New York  web@8.3.0 prod-us  done
Tue 01 Dec 2026 09:30 New York  payments@3.2.0 prod-us  done
Tue 01 Dec 2026 15:30 Berlin  departure/retail/000001  arrives: 0 of 2 failed
Tue 08 Dec 2026 13:10 Berlin  ledger@5.5.0 staging  starts
Tue 08 Dec 2026 13:10 Berlin  ledger@5.5.0 prod-eu  starts
Tue 08 Dec 2026 13:40 Berlin  ledger@5.5.0 staging  done
Tue 08 Dec 2026 07:50 New York  ledger@5.5.0 prod-us  waits: prod-eu healthy for 2h; window office-hours-us opens Tue 8 Dec 09:00 New York
Tue 08 Dec 2026 14:00 Berlin  web@8.5.0 staging  starts
Tue 08 Dec 2026 14:20 Berlin  ledger@5.5.0 prod-eu  done
Tue 08 Dec 2026 14:30 Berlin  web@8.5.0 staging  done
Tue 08 Dec 2026 09:00 New York  ledger@5.5.0 prod-us  waits: prod-eu healthy for 2h
Tue 08 Dec 2026 15:00 Berlin  departure/retail/000002  web@8.5.0 is aboard
Tue 08 Dec 2026 09:50 New York  ledger@5.5.0 prod-us  starts
Tue 08 Dec 2026 11:01 New York  ledger@5.5.0 prod-us  done
Mon 14 Dec 2026 15:00 Berlin  departure/retail/000002  go by rita: everything is green
Tue 15 Dec 2026 10:00 Berlin  departure/retail/000002  web@8.4.0 stays: web@8.5.0 travels instead
Tue 15 Dec 2026 10:00 Berlin  departure/retail/000002  departs with payments@3.4.0, web@8.5.0
Tue 15 Dec 2026 10:00 Berlin  departure/retail/000004  laid for Tue 12 Jan 2027 10:00 Berlin 
Tue 15 Dec 2026 10:00 Berlin  payments@3.4.0 prod-eu  starts
Tue 15 Dec 2026 10:00 Berlin  web@8.5.0 prod-eu  waits: prod-eu is locked by payments@3.4.0 (dep_01M9WEW6M02Z4HD4MGHGTBWNEQ); 1st of 1 for prod-eu
Tue 15 Dec 2026 10:40 Berlin  web@8.5.0 prod-eu  starts
Tue 15 Dec 2026 04:40 New York  payments@3.4.0 prod-us  waits: prod-eu healthy for 2h; window office-hours-us opens Tue 15 Dec 09:00 New York
Tue 15 Dec 2026 11:10 Berlin  payments@3.4.0 prod-eu  done
Tue 15 Dec 2026 05:21 New York  web@8.5.0 prod-us  waits: prod-eu healthy for 2h; window office-hours-us opens Tue 15 Dec 09:00 New York
Tue 15 Dec 2026 11:51 Berlin  web@8.5.0 prod-eu  done
Tue 15 Dec 2026 06:40 New York  payments@3.4.0 prod-us  waits: window office-hours-us opens Tue 15 Dec 09:00 New York
Tue 15 Dec 2026 07:21 New York  web@8.5.0 prod-us  waits: window office-hours-us opens Tue 15 Dec 09:00 New York
Tue 15 Dec 2026 14:00 Berlin  payments@3.6.0 staging  starts
Tue 15 Dec 2026 14:00 Berlin  web@8.6.0 staging  starts
Tue 15 Dec 2026 14:30 Berlin  payments@3.6.0 staging  done
Tue 15 Dec 2026 14:30 Berlin  web@8.6.0 staging  done
Tue 15 Dec 2026 09:00 New York  payments@3.4.0 prod-us  waits: 2nd of 2 for prod-us; before it: web@8.5.0
Tue 15 Dec 2026 09:00 New York  web@8.5.0 prod-us  starts
Tue 15 Dec 2026 15:00 Berlin  departure/retail/000003  web@8.6.0 is aboard
Tue 15 Dec 2026 15:00 Berlin  departure/retail/000003  payments@3.6.0 is aboard
Tue 15 Dec 2026 09:10 New York  payments@3.4.0 prod-us  waits: prod-us is locked by web@8.5.0 (dep_01M9WKHC4PVHP3KVNY05Z8P1CZ); 1st of 1 for prod-us
Tue 15 Dec 2026 09:40 New York  payments@3.4.0 prod-us  starts
Tue 15 Dec 2026 10:10 New York  web@8.5.0 prod-us  done
Tue 15 Dec 2026 10:51 New York  payments@3.4.0 prod-us  done
Tue 15 Dec 2026 16:51 Berlin  departure/retail/000002  arrives: 0 of 2 failed
Tue 22 Dec 2026 14:00 Berlin  web@8.7.0 staging  starts
Tue 22 Dec 2026 14:30 Berlin  web@8.7.0 staging  done
Tue 22 Dec 2026 15:00 Berlin  departure/retail/000003  web@8.7.0 is aboard
Mon 28 Dec 2026 15:00 Berlin  departure/retail/000003  go by rita: everything is green
Tue 29 Dec 2026 10:00 Berlin  departure/retail/000003  web@8.6.0 stays: web@8.7.0 travels instead
Tue 29 Dec 2026 10:00 Berlin  departure/retail/000003  departs with payments@3.6.0, web@8.7.0
Tue 29 Dec 2026 10:00 Berlin  departure/retail/000005  laid for Tue 26 Jan 2027 10:00 Berlin 
Tue 29 Dec 2026 10:00 Berlin  payments@3.6.0 prod-eu  starts
Tue 29 Dec 2026 10:00 Berlin  web@8.7.0 prod-eu  waits: prod-eu is locked by payments@3.6.0 (dep_01MB0GE8M0995W5NTGWNE8SHK5); 1st of 1 for prod-eu
Tue 29 Dec 2026 10:40 Berlin  web@8.7.0 prod-eu  starts
Tue 29 Dec 2026 04:40 New York  payments@3.6.0 prod-us  waits: prod-eu healthy for 2h; window office-hours-us opens Tue 29 Dec 09:00 New York
Tue 29 Dec 2026 11:10 Berlin  payments@3.6.0 prod-eu  done
Tue 29 Dec 2026 05:22 New York  web@8.7.0 prod-us  waits: prod-eu healthy for 2h; window office-hours-us opens Tue 29 Dec 09:00 New York
Tue 29 Dec 2026 11:52 Berlin  web@8.7.0 prod-eu  done
Tue 29 Dec 2026 06:40 New York  payments@3.6.0 prod-us  waits: window office-hours-us opens Tue 29 Dec 09:00 New York
Tue 29 Dec 2026 07:22 New York  web@8.7.0 prod-us  waits: window office-hours-us opens Tue 29 Dec 09:00 New York
Tue 29 Dec 2026 14:00 Berlin  payments@3.8.0 staging  starts
Tue 29 Dec 2026 14:00 Berlin  web@8.8.0 staging  starts
Tue 29 Dec 2026 14:30 Berlin  payments@3.8.0 staging  done
Tue 29 Dec 2026 14:30 Berlin  web@8.8.0 staging  done
Tue 29 Dec 2026 09:00 New York  payments@3.6.0 prod-us  waits: 2nd of 2 for prod-us; before it: web@8.7.0
Tue 29 Dec 2026 09:00 New York  web@8.7.0 prod-us  starts
Tue 29 Dec 2026 15:00 Berlin  departure/retail/000004  web@8.8.0 is aboard
Tue 29 Dec 2026 15:00 Berlin  departure/retail/000004  payments@3.8.0 is aboard
Tue 29 Dec 2026 09:10 New York  payments@3.6.0 prod-us  waits: prod-us is locked by web@8.7.0 (dep_01MB0N4EETE2H3Q0EM5BC1CAR5); 1st of 1 for prod-us
Tue 29 Dec 2026 09:40 New York  payments@3.6.0 prod-us  starts
Tue 29 Dec 2026 10:10 New York  web@8.7.0 prod-us  done
Tue 29 Dec 2026 10:52 New York  payments@3.6.0 prod-us  done
Tue 29 Dec 2026 16:52 Berlin  departure/retail/000003  arrives: 0 of 2 failed
Tue 05 Jan 2027 13:10 Berlin  ledger@5.9.0 staging  starts
Tue 05 Jan 2027 13:10 Berlin  ledger@5.9.0 prod-eu  starts
Tue 05 Jan 2027 13:40 Berlin  ledger@5.9.0 staging  done
Tue 05 Jan 2027 07:50 New York  ledger@5.9.0 prod-us  waits: prod-eu healthy for 2h; window office-hours-us opens Tue 5 Jan 09:00 New York
Tue 05 Jan 2027 14:00 Berlin  web@8.9.0 staging  starts
Tue 05 Jan 2027 14:20 Berlin  ledger@5.9.0 prod-eu  done
Tue 05 Jan 2027 14:30 Berlin  web@8.9.0 staging  done
Tue 05 Jan 2027 09:00 New York  ledger@5.9.0 prod-us  waits: prod-eu healthy for 2h
Tue 05 Jan 2027 15:00 Berlin  departure/retail/000004  web@8.9.0 is aboard
Tue 05 Jan 2027 09:50 New York  ledger@5.9.0 prod-us  starts
Tue 05 Jan 2027 11:01 New York  ledger@5.9.0 prod-us  done
Mon 11 Jan 2027 15:00 Berlin  departure/retail/000004  go by rita: everything is green
Tue 12 Jan 2027 10:00 Berlin  departure/retail/000004  web@8.8.0 stays: web@8.9.0 travels instead
Tue 12 Jan 2027 10:00 Berlin  departure/retail/000004  departs with payments@3.8.0, web@8.9.0
Tue 12 Jan 2027 10:00 Berlin  departure/retail/000006  laid for Tue 09 Feb 2027 10:00 Berlin 
Tue 12 Jan 2027 10:00 Berlin  payments@3.8.0 prod-eu  starts
Tue 12 Jan 2027 10:00 Berlin  web@8.9.0 prod-eu  waits: prod-eu is locked by payments@3.8.0 (dep_01MC4J0AM02G719KHPG07XMXWC); 1st of 1 for prod-eu
Tue 12 Jan 2027 10:40 Berlin  web@8.9.0 prod-eu  starts
Tue 12 Jan 2027 04:40 New York  payments@3.8.0 prod-us  waits: prod-eu healthy for 2h; window office-hours-us opens Tue 12 Jan 09:00 New York
Tue 12 Jan 2027 11:10 Berlin  payments@3.8.0 prod-eu  done
Tue 12 Jan 2027 05:22 New York  web@8.9.0 prod-us  waits: prod-eu healthy for 2h; window office-hours-us opens Tue 12 Jan 09:00 New York
Tue 12 Jan 2027 11:52 Berlin  web@8.9.0 prod-eu  done
Tue 12 Jan 2027 06:40 New York  payments@3.8.0 prod-us  waits: window office-hours-us opens Tue 12 Jan 09:00 New York
Tue 12 Jan 2027 07:22 New York  web@8.9.0 prod-us  waits: window office-hours-us opens Tue 12 Jan 09:00 New York
Tue 12 Jan 2027 14:00 Berlin  payments@3.10.0 staging  starts
Tue 12 Jan 2027 14:00 Berlin  web@8.10.0 staging  starts
Tue 12 Jan 2027 14:30 Berlin  payments@3.10.0 staging  done
Tue 12 Jan 2027 14:30 Berlin  web@8.10.0 staging  done
Tue 12 Jan 2027 09:00 New York  payments@3.8.0 prod-us  waits: 2nd of 2 for prod-us; before it: web@8.9.0
Tue 12 Jan 2027 09:00 New York  web@8.9.0 prod-us  starts
Tue 12 Jan 2027 15:00 Berlin  departure/retail/000005  web@8.10.0 is aboard
Tue 12 Jan 2027 15:00 Berlin  departure/retail/000005  payments@3.10.0 is aboard
Tue 12 Jan 2027 09:10 New York  payments@3.8.0 prod-us  waits: prod-us is locked by web@8.9.0 (dep_01MC4PQHSWH79F59B6N3WQNBKA); 1st of 1 for prod-us
Tue 12 Jan 2027 09:40 New York  payments@3.8.0 prod-us  starts
Tue 12 Jan 2027 10:10 New York  web@8.9.0 prod-us  done
Tue 12 Jan 2027 10:51 New York  payments@3.8.0 prod-us  done
Tue 12 Jan 2027 16:51 Berlin  departure/retail/000004  arrives: 0 of 2 failed
Tue 19 Jan 2027 14:00 Berlin  web@8.11.0 staging  starts
Tue 19 Jan 2027 14:30 Berlin  web@8.11.0 staging  done
Tue 19 Jan 2027 15:00 Berlin  departure/retail/000005  web@8.11.0 is aboard
Mon 25 Jan 2027 15:00 Berlin  departure/retail/000005  no-go by hugo: the call centre is short of people
Tue 26 Jan 2027 10:00 Berlin  departure/retail/000005  postponed for Tue 09 Feb 2027 10:00 Berlin no-go by hugo: the call centre is short of people
Tue 26 Jan 2027 10:00 Berlin  departure/retail/000006  relaid for Tue 23 Feb 2027 10:00 Berlin retail leaves every 2 weeks on Tue at 10:00
Tue 26 Jan 2027 14:00 Berlin  payments@3.12.0 staging  starts
Tue 26 Jan 2027 14:00 Berlin  web@8.12.0 staging  starts
Tue 26 Jan 2027 14:30 Berlin  web@8.12.0 staging  done
Tue 26 Jan 2027 14:30 Berlin  payments@3.12.0 staging  done
Tue 26 Jan 2027 15:00 Berlin  departure/retail/000005  web@8.12.0 is aboard
Tue 26 Jan 2027 15:00 Berlin  departure/retail/000005  payments@3.12.0 is aboard
Tue 02 Feb 2027 13:10 Berlin  ledger@5.13.0 staging  starts
Tue 02 Feb 2027 13:10 Berlin  ledger@5.13.0 prod-eu  waits: freeze quarter-close until Wed 3 Feb 00:00 Berlin
Tue 02 Feb 2027 13:40 Berlin  ledger@5.13.0 staging  done
Tue 02 Feb 2027 14:00 Berlin  web@8.13.0 staging  starts
Tue 02 Feb 2027 14:30 Berlin  web@8.13.0 staging  done
Tue 02 Feb 2027 15:00 Berlin  departure/retail/000005  web@8.13.0 is aboard
Tue 02 Feb 2027 15:40 Berlin  ledger@5.13.0 prod-eu  waits: window office-hours-eu closes Tue 2 Feb 16:00 Berlin, too early for 1h20m; opens again Wed 3 Feb 09:00 Berlin; freeze quarter-close until Wed 3 Feb 00:00 Berlin
Tue 02 Feb 2027 16:40 Berlin  ledger@5.13.0 prod-eu  waits: window office-hours-eu opens Wed 3 Feb 09:00 Berlin; freeze quarter-close until Wed 3 Feb 00:00 Berlin
Wed 03 Feb 2027 00:00 Berlin  ledger@5.13.0 prod-eu  waits: window office-hours-eu opens Wed 3 Feb 09:00 Berlin
Wed 03 Feb 2027 09:00 Berlin  ledger@5.13.0 prod-eu  starts
Wed 03 Feb 2027 03:40 New York  ledger@5.13.0 prod-us  waits: prod-eu healthy for 2h; window office-hours-us opens Wed 3 Feb 09:00 New York
Wed 03 Feb 2027 10:10 Berlin  ledger@5.13.0 prod-eu  done
Wed 03 Feb 2027 05:40 New York  ledger@5.13.0 prod-us  waits: window office-hours-us opens Wed 3 Feb 09:00 New York
Wed 03 Feb 2027 09:00 New York  ledger@5.13.0 prod-us  starts
Wed 03 Feb 2027 10:10 New York  ledger@5.13.0 prod-us  done
Mon 08 Feb 2027 15:00 Berlin  departure/retail/000005  go by rita: everything is green
Tue 09 Feb 2027 10:00 Berlin  departure/retail/000005  payments@3.10.0 stays: payments@3.12.0 travels instead
Tue 09 Feb 2027 10:00 Berlin  departure/retail/000005  web@8.10.0 stays: web@8.13.0 travels instead
Tue 09 Feb 2027 10:00 Berlin  departure/retail/000005  web@8.11.0 stays: web@8.13.0 travels instead
Tue 09 Feb 2027 10:00 Berlin  departure/retail/000005  web@8.12.0 stays: web@8.13.0 travels instead
Tue 09 Feb 2027 10:00 Berlin  departure/retail/000005  departs with payments@3.12.0, web@8.13.0
Tue 09 Feb 2027 10:00 Berlin  departure/retail/000007  laid for Tue 09 Mar 2027 10:00 Berlin 
Tue 09 Feb 2027 10:00 Berlin  payments@3.12.0 prod-eu  starts
Tue 09 Feb 2027 10:00 Berlin  web@8.13.0 prod-eu  waits: prod-eu is locked by payments@3.12.0 (dep_01MECN4EM0XK0GM35Q08ZTPAVD); 1st of 1 for prod-eu
Tue 09 Feb 2027 10:40 Berlin  web@8.13.0 prod-eu  starts
Tue 09 Feb 2027 04:40 New York  payments@3.12.0 prod-us  waits: prod-eu healthy for 2h; window office-hours-us opens Tue 9 Feb 09:00 New York
Tue 09 Feb 2027 11:10 Berlin  payments@3.12.0 prod-eu  done
Tue 09 Feb 2027 05:22 New York  web@8.13.0 prod-us  waits: prod-eu healthy for 2h; window office-hours-us opens Tue 9 Feb 09:00 New York
Tue 09 Feb 2027 11:52 Berlin  web@8.13.0 prod-eu  done
Tue 09 Feb 2027 06:40 New York  payments@3.12.0 prod-us  waits: window office-hours-us opens Tue 9 Feb 09:00 New York
Tue 09 Feb 2027 07:22 New York  web@8.13.0 prod-us  waits: window office-hours-us opens Tue 9 Feb 09:00 New York
Tue 09 Feb 2027 14:00 Berlin  payments@3.14.0 staging  starts
Tue 09 Feb 2027 14:00 Berlin  web@8.14.0 staging  starts
Tue 09 Feb 2027 14:30 Berlin  web@8.14.0 staging  done
Tue 09 Feb 2027 14:30 Berlin  payments@3.14.0 staging  done
Tue 09 Feb 2027 09:00 New York  payments@3.12.0 prod-us  waits: 2nd of 2 for prod-us; before it: web@8.13.0
Tue 09 Feb 2027 09:00 New York  web@8.13.0 prod-us  starts
Tue 09 Feb 2027 15:00 Berlin  departure/retail/000006  web@8.14.0 is aboard
Tue 09 Feb 2027 15:00 Berlin  departure/retail/000006  payments@3.14.0 is aboard
Tue 09 Feb 2027 09:10 New York  payments@3.12.0 prod-us  waits: prod-us is locked by web@8.13.0 (dep_01MECSTRGATY57V3V602HQB20H); 1st of 1 for prod-us
Tue 09 Feb 2027 09:40 New York  payments@3.12.0 prod-us  starts
Tue 09 Feb 2027 10:10 New York  web@8.13.0 prod-us  done
Tue 09 Feb 2027 10:51 New York  payments@3.12.0 prod-us  done
Tue 09 Feb 2027 16:51 Berlin  departure/retail/000005  arrives: 0 of 2 failed
Tue 16 Feb 2027 14:00 Berlin  web@8.15.0 staging  starts
Tue 16 Feb 2027 14:30 Berlin  web@8.15.0 staging  done
Tue 16 Feb 2027 15:00 Berlin  departure/retail/000006  web@8.15.0 is aboard
Mon 22 Feb 2027 15:00 Berlin  departure/retail/000006  go by rita: everything is green
Tue 23 Feb 2027 10:00 Berlin  departure/retail/000006  web@8.14.0 stays: web@8.15.0 travels instead
Tue 23 Feb 2027 10:00 Berlin  departure/retail/000006  departs with payments@3.14.0, web@8.15.0
Tue 23 Feb 2027 10:00 Berlin  departure/retail/000008  laid for Tue 23 Mar 2027 10:00 Berlin 
Tue 23 Feb 2027 10:00 Berlin  payments@3.14.0 prod-eu  starts
Tue 23 Feb 2027 10:00 Berlin  web@8.15.0 prod-eu  waits: prod-eu is locked by payments@3.14.0 (dep_01MFGPPGM0Q9Y57XPJP1WMM3D8); 1st of 1 for prod-eu
Tue 23 Feb 2027 10:40 Berlin  web@8.15.0 prod-eu  starts
Tue 23 Feb 2027 04:40 New York  payments@3.14.0 prod-us  waits: prod-eu healthy for 2h; window office-hours-us opens Tue 23 Feb 09:00 New York
Tue 23 Feb 2027 11:10 Berlin  payments@3.14.0 prod-eu  done
Tue 23 Feb 2027 05:22 New York  web@8.15.0 prod-us  waits: prod-eu healthy for 2h; window office-hours-us opens Tue 23 Feb 09:00 New York
Tue 23 Feb 2027 11:52 Berlin  web@8.15.0 prod-eu  done
Tue 23 Feb 2027 06:40 New York  payments@3.14.0 prod-us  waits: window office-hours-us opens Tue 23 Feb 09:00 New York
Tue 23 Feb 2027 07:22 New York  web@8.15.0 prod-us  waits: window office-hours-us opens Tue 23 Feb 09:00 New York
Tue 23 Feb 2027 14:00 Berlin  payments@3.16.0 staging  starts
Tue 23 Feb 2027 14:00 Berlin  web@8.16.0 staging  starts
Tue 23 Feb 2027 14:30 Berlin  web@8.16.0 staging  done
Tue 23 Feb 2027 14:30 Berlin  payments@3.16.0 staging  done
Tue 23 Feb 2027 09:00 New York  payments@3.14.0 prod-us  waits: 2nd of 2 for prod-us; before it: web@8.15.0
Tue 23 Feb 2027 09:00 New York  web@8.15.0 prod-us  starts
Tue 23 Feb 2027 15:00 Berlin  departure/retail/000007  web@8.16.0 is aboard
Tue 23 Feb 2027 15:00 Berlin  departure/retail/000007  payments@3.16.0 is aboard
Tue 23 Feb 2027 09:10 New York  payments@3.14.0 prod-us  waits: prod-us is locked by web@8.15.0 (dep_01MFGVCNQEQ274AXHAZBMP5F09); 1st of 1 for prod-us
Tue 23 Feb 2027 09:40 New York  payments@3.14.0 prod-us  starts
Tue 23 Feb 2027 10:10 New York  web@8.15.0 prod-us  done
Tue 23 Feb 2027 10:52 New York  payments@3.14.0 prod-us  done
Tue 23 Feb 2027 16:52 Berlin  departure/retail/000006  arrives: 0 of 2 failed
Tue 02 Mar 2027 13:10 Berlin  ledger@5.17.0 staging  starts
Tue 02 Mar 2027 13:10 Berlin  ledger@5.17.0 prod-eu  starts
Tue 02 Mar 2027 13:40 Berlin  ledger@5.17.0 staging  done
Tue 02 Mar 2027 07:50 New York  ledger@5.17.0 prod-us  waits: prod-eu healthy for 2h; window office-hours-us opens Tue 2 Mar 09:00 New York
Tue 02 Mar 2027 14:00 Berlin  web@8.17.0 staging  starts
Tue 02 Mar 2027 14:20 Berlin  ledger@5.17.0 prod-eu  done
Tue 02 Mar 2027 14:30 Berlin  web@8.17.0 staging  done
Tue 02 Mar 2027 09:00 New York  ledger@5.17.0 prod-us  waits: prod-eu healthy for 2h
Tue 02 Mar 2027 15:00 Berlin  departure/retail/000007  web@8.17.0 is aboard
Tue 02 Mar 2027 09:50 New York  ledger@5.17.0 prod-us  starts
Tue 02 Mar 2027 11:01 New York  ledger@5.17.0 prod-us  done
Mon 08 Mar 2027 15:00 Berlin  departure/retail/000007  go by rita: everything is green
Tue 09 Mar 2027 10:00 Berlin  departure/retail/000007  web@8.16.0 stays: web@8.17.0 travels instead
Tue 09 Mar 2027 10:00 Berlin  departure/retail/000007  departs with payments@3.16.0, web@8.17.0
Tue 09 Mar 2027 10:00 Berlin  departure/retail/000009  laid for Tue 06 Apr 2027 10:00 Berlin 
Tue 09 Mar 2027 10:00 Berlin  payments@3.16.0 prod-eu  starts
Tue 09 Mar 2027 10:00 Berlin  web@8.17.0 prod-eu  waits: prod-eu is locked by payments@3.16.0 (dep_01MGMR8JM0JC7SZ8M71AEEMD6Q); 1st of 1 for prod-eu
Tue 09 Mar 2027 10:40 Berlin  web@8.17.0 prod-eu  starts
Tue 09 Mar 2027 04:40 New York  payments@3.16.0 prod-us  waits: prod-eu healthy for 2h; window office-hours-us opens Tue 9 Mar 09:00 New York
Tue 09 Mar 2027 11:10 Berlin  payments@3.16.0 prod-eu  done
Tue 09 Mar 2027 05:21 New York  web@8.17.0 prod-us  waits: prod-eu healthy for 2h; window office-hours-us opens Tue 9 Mar 09:00 New York
Tue 09 Mar 2027 11:51 Berlin  web@8.17.0 prod-eu  done
Tue 09 Mar 2027 06:40 New York  payments@3.16.0 prod-us  waits: window office-hours-us opens Tue 9 Mar 09:00 New York
Tue 09 Mar 2027 07:21 New York  web@8.17.0 prod-us  waits: window office-hours-us opens Tue 9 Mar 09:00 New York
Tue 09 Mar 2027 14:00 Berlin  payments@3.18.0 staging  starts
Tue 09 Mar 2027 14:00 Berlin  web@8.18.0 staging  starts
Tue 09 Mar 2027 14:30 Berlin  web@8.18.0 staging  done
Tue 09 Mar 2027 14:30 Berlin  payments@3.18.0 staging  done
Tue 09 Mar 2027 09:00 New York  payments@3.16.0 prod-us  waits: 2nd of 2 for prod-us; before it: web@8.17.0
Tue 09 Mar 2027 09:00 New York  web@8.17.0 prod-us  starts
Tue 09 Mar 2027 15:00 Berlin  departure/retail/000008  web@8.18.0 is aboard
Tue 09 Mar 2027 15:00 Berlin  departure/retail/000008  payments@3.18.0 is aboard
Tue 09 Mar 2027 09:10 New York  payments@3.16.0 prod-us  waits: prod-us is locked by web@8.17.0 (dep_01MGMWXQQRJ0VBDHRA1ME9699Z); 1st of 1 for prod-us
Tue 09 Mar 2027 09:40 New York  payments@3.16.0 prod-us  starts
Tue 09 Mar 2027 10:10 New York  web@8.17.0 prod-us  done
Tue 09 Mar 2027 10:51 New York  payments@3.16.0 prod-us  done
Tue 09 Mar 2027 16:51 Berlin  departure/retail/000007  arrives: 0 of 2 failed
Tue 16 Mar 2027 14:00 Berlin  web@8.19.0 staging  starts
Tue 16 Mar 2027 14:30 Berlin  web@8.19.0 staging  done
Tue 16 Mar 2027 15:00 Berlin  departure/retail/000008  web@8.19.0 is aboard
Mon 22 Mar 2027 15:00 Berlin  departure/retail/000008  go by rita: everything is green
Tue 23 Mar 2027 10:00 Berlin  departure/retail/000008  web@8.18.0 stays: web@8.19.0 travels instead
Tue 23 Mar 2027 10:00 Berlin  departure/retail/000008  departs with payments@3.18.0, web@8.19.0
Tue 23 Mar 2027 10:00 Berlin  departure/retail/000010  laid for Tue 20 Apr 2027 10:00 Berlin 
Tue 23 Mar 2027 10:00 Berlin  payments@3.18.0 prod-eu  starts
Tue 23 Mar 2027 10:00 Berlin  web@8.19.0 prod-eu  waits: prod-eu is locked by payments@3.18.0 (dep_01MHRSTMM0K1M3DJAVHWH753FP); 1st of 1 for prod-eu
Tue 23 Mar 2027 10:40 Berlin  web@8.19.0 prod-eu  starts
Tue 23 Mar 2027 05:40 New York  payments@3.18.0 prod-us  waits: prod-eu healthy for 2h; window office-hours-us opens Tue 23 Mar 09:00 New York
Tue 23 Mar 2027 10:48 Berlin  web@8.19.0 prod-eu  is taken back
Tue 23 Mar 2027 10:48 Berlin  departure/retail/000008  web@8.19.0 did not arrive: REGRESSED error-rate canary 3.33% base 0.00% diff +3.33pp [-0.25..+6.92] limit +0.50pp n=300/2700 (decided by blocks: in 10 of 300 an instance had an error within a second, the limit explains 0.5%; the interval still reaches below it)
Tue 23 Mar 2027 11:10 Berlin  payments@3.18.0 prod-eu  done
Tue 23 Mar 2027 07:40 New York  payments@3.18.0 prod-us  waits: window office-hours-us opens Tue 23 Mar 09:00 New York
Tue 23 Mar 2027 09:00 New York  payments@3.18.0 prod-us  starts
Tue 23 Mar 2027 14:00 Berlin  payments@3.20.0 staging  starts
Tue 23 Mar 2027 14:00 Berlin  web@8.20.0 staging  starts
Tue 23 Mar 2027 14:30 Berlin  payments@3.20.0 staging  done
Tue 23 Mar 2027 14:30 Berlin  web@8.20.0 staging  done
Tue 23 Mar 2027 15:00 Berlin  departure/retail/000009  web@8.20.0 is aboard
Tue 23 Mar 2027 15:00 Berlin  departure/retail/000009  payments@3.20.0 is aboard
Tue 23 Mar 2027 10:10 New York  payments@3.18.0 prod-us  done
Tue 23 Mar 2027 15:10 Berlin  departure/retail/000008  arrives: 1 of 2 failed
Tue 30 Mar 2027 13:10 Berlin  ledger@5.21.0 staging  starts
Tue 30 Mar 2027 13:10 Berlin  ledger@5.21.0 prod-eu  starts
Tue 30 Mar 2027 13:40 Berlin  ledger@5.21.0 staging  done
Tue 30 Mar 2027 07:50 New York  ledger@5.21.0 prod-us  waits: prod-eu healthy for 2h; window office-hours-us opens Tue 30 Mar 09:00 New York
Tue 30 Mar 2027 14:00 Berlin  web@8.21.0 staging  starts
Tue 30 Mar 2027 14:20 Berlin  ledger@5.21.0 prod-eu  done
Tue 30 Mar 2027 14:30 Berlin  web@8.21.0 staging  done
Tue 30 Mar 2027 09:00 New York  ledger@5.21.0 prod-us  waits: prod-eu healthy for 2h
Tue 30 Mar 2027 15:00 Berlin  departure/retail/000009  web@8.21.0 is aboard
Tue 30 Mar 2027 09:50 New York  ledger@5.21.0 prod-us  starts
Tue 30 Mar 2027 11:01 New York  ledger@5.21.0 prod-us  done
Mon 05 Apr 2027 15:00 Berlin  departure/retail/000009  go by rita: everything is green
Tue 06 Apr 2027 10:00 Berlin  departure/retail/000009  web@8.20.0 stays: web@8.21.0 travels instead
Tue 06 Apr 2027 10:00 Berlin  departure/retail/000009  departs with payments@3.20.0, web@8.21.0
Tue 06 Apr 2027 10:00 Berlin  departure/retail/000011  laid for Tue 04 May 2027 10:00 Berlin 
Tue 06 Apr 2027 10:00 Berlin  payments@3.20.0 prod-eu  starts
Tue 06 Apr 2027 10:00 Berlin  web@8.21.0 prod-eu  waits: prod-eu is locked by payments@3.20.0 (dep_01MJWQYV00WC5TZQF1Q065TRE2); 1st of 1 for prod-eu
Tue 06 Apr 2027 10:07 Berlin  payments@3.20.0 prod-eu  is taken back
Tue 06 Apr 2027 10:08 Berlin  departure/retail/000009  payments@3.20.0 did not arrive: REGRESSED error-rate canary 3.33% base 0.00% diff +3.33pp [-0.25..+6.92] limit +0.50pp n=300/2700 (decided by blocks: in 10 of 300 an instance had an error within a second, the limit explains 0.5%; the interval still reaches below it)
Tue 06 Apr 2027 10:08 Berlin  web@8.21.0 prod-eu  starts
Tue 06 Apr 2027 10:16 Berlin  web@8.21.0 prod-eu  is taken back
Tue 06 Apr 2027 10:16 Berlin  departure/retail/000009  web@8.21.0 did not arrive: REGRESSED error-rate canary 3.33% base 0.00% diff +3.33pp [-0.25..+6.92] limit +0.50pp n=300/2700 (decided by blocks: in 10 of 300 an instance had an error within a second, the limit explains 0.5%; the interval still reaches below it)
Tue 06 Apr 2027 10:16 Berlin  departure/retail/000009  arrives: 2 of 2 failed
Tue 06 Apr 2027 10:16 Berlin  train/retail  rhythm proposed: every 4 weeks on Tue at 10:00
Tue 06 Apr 2027 14:00 Berlin  payments@3.22.0 staging  starts
Tue 06 Apr 2027 14:00 Berlin  web@8.22.0 staging  starts
Tue 06 Apr 2027 14:30 Berlin  payments@3.22.0 staging  done
Tue 06 Apr 2027 14:30 Berlin  web@8.22.0 staging  done
Tue 06 Apr 2027 15:00 Berlin  departure/retail/000010  web@8.22.0 is aboard
Tue 06 Apr 2027 15:00 Berlin  departure/retail/000010  payments@3.22.0 is aboard
Thu 08 Apr 2027 10:16 Berlin  train/retail  rhythm is now every 4 weeks on Tue at 10:00: 3 of 6 failed on #7, #8, #9; limit 20% failed over 3 departures; nobody refused
Thu 08 Apr 2027 10:16 Berlin  departure/retail/000011  relaid for Tue 18 May 2027 10:00 Berlin retail leaves every 4 weeks on Tue at 10:00
Tue 13 Apr 2027 14:00 Berlin  web@8.23.0 staging  starts
Tue 13 Apr 2027 14:30 Berlin  web@8.23.0 staging  done
Tue 13 Apr 2027 15:00 Berlin  departure/retail/000010  web@8.23.0 is aboard
Mon 19 Apr 2027 15:00 Berlin  departure/retail/000010  go by rita: everything is green
Tue 20 Apr 2027 10:00 Berlin  departure/retail/000010  web@8.22.0 stays: web@8.23.0 travels instead
Tue 20 Apr 2027 10:00 Berlin  departure/retail/000010  departs with payments@3.22.0, web@8.23.0
Tue 20 Apr 2027 10:00 Berlin  departure/retail/000012  laid for Tue 15 Jun 2027 10:00 Berlin 
Tue 20 Apr 2027 10:00 Berlin  payments@3.22.0 prod-eu  starts
Tue 20 Apr 2027 10:00 Berlin  web@8.23.0 prod-eu  waits: prod-eu is locked by payments@3.22.0 (dep_01MM0SGX00WZE3SQFYVH2WWR80); 1st of 1 for prod-eu
Tue 20 Apr 2027 10:40 Berlin  web@8.23.0 prod-eu  starts
Tue 20 Apr 2027 04:40 New York  payments@3.22.0 prod-us  waits: prod-eu healthy for 2h; window office-hours-us opens Tue 20 Apr 09:00 New York
Tue 20 Apr 2027 11:10 Berlin  payments@3.22.0 prod-eu  done
Tue 20 Apr 2027 05:21 New York  web@8.23.0 prod-us  waits: prod-eu healthy for 2h; window office-hours-us opens Tue 20 Apr 09:00 New York
Tue 20 Apr 2027 11:52 Berlin  web@8.23.0 prod-eu  done
Tue 20 Apr 2027 06:40 New York  payments@3.22.0 prod-us  waits: window office-hours-us opens Tue 20 Apr 09:00 New York
Tue 20 Apr 2027 07:21 New York  web@8.23.0 prod-us  waits: window office-hours-us opens Tue 20 Apr 09:00 New York
Tue 20 Apr 2027 14:00 Berlin  payments@3.24.0 staging  starts
Tue 20 Apr 2027 14:00 Berlin  web@8.24.0 staging  starts
Tue 20 Apr 2027 14:30 Berlin  web@8.24.0 staging  done
Tue 20 Apr 2027 14:30 Berlin  payments@3.24.0 staging  done
Tue 20 Apr 2027 09:00 New York  payments@3.22.0 prod-us  waits: 2nd of 2 for prod-us; before it: web@8.23.0
Tue 20 Apr 2027 09:00 New York  web@8.23.0 prod-us  starts
Tue 20 Apr 2027 15:00 Berlin  departure/retail/000011  web@8.24.0 is aboard
Tue 20 Apr 2027 15:00 Berlin  departure/retail/000011  payments@3.24.0 is aboard
Tue 20 Apr 2027 09:10 New York  payments@3.22.0 prod-us  waits: prod-us is locked by web@8.23.0 (dep_01MM0Y71BH7P2DDW08NAD7EA0X); 1st of 1 for prod-us
Tue 20 Apr 2027 09:40 New York  payments@3.22.0 prod-us  starts
Tue 20 Apr 2027 10:10 New York  web@8.23.0 prod-us  done
Tue 20 Apr 2027 10:52 New York  payments@3.22.0 prod-us  done
Tue 20 Apr 2027 16:52 Berlin  departure/retail/000010  arrives: 0 of 2 failed
Tue 27 Apr 2027 13:10 Berlin  ledger@5.25.0 staging  starts
Tue 27 Apr 2027 13:10 Berlin  ledger@5.25.0 prod-eu  waits: freeze quarter-close until Wed 5 May 00:00 Berlin
Tue 27 Apr 2027 13:40 Berlin  ledger@5.25.0 staging  done
Tue 27 Apr 2027 14:00 Berlin  web@8.25.0 staging  starts
Tue 27 Apr 2027 14:30 Berlin  web@8.25.0 staging  done
Tue 27 Apr 2027 15:00 Berlin  departure/retail/000011  web@8.25.0 is aboard
Tue 27 Apr 2027 15:39 Berlin  ledger@5.25.0 prod-eu  waits: window office-hours-eu closes Tue 27 Apr 16:00 Berlin, too early for 1h20m; opens again Wed 28 Apr 09:00 Berlin; freeze quarter-close until Wed 5 May 00:00 Berlin
Tue 27 Apr 2027 16:39 Berlin  ledger@5.25.0 prod-eu  waits: window office-hours-eu opens Wed 28 Apr 09:00 Berlin; freeze quarter-close until Wed 5 May 00:00 Berlin
Wed 28 Apr 2027 09:00 Berlin  ledger@5.25.0 prod-eu  waits: freeze quarter-close until Wed 5 May 00:00 Berlin
Wed 28 Apr 2027 15:39 Berlin  ledger@5.25.0 prod-eu  waits: window office-hours-eu closes Wed 28 Apr 16:00 Berlin, too early for 1h20m; opens again Thu 29 Apr 09:00 Berlin; freeze quarter-close until Wed 5 May 00:00 Berlin
Wed 28 Apr 2027 16:39 Berlin  ledger@5.25.0 prod-eu  waits: window office-hours-eu opens Thu 29 Apr 09:00 Berlin; freeze quarter-close until Wed 5 May 00:00 Berlin
Thu 29 Apr 2027 09:00 Berlin  ledger@5.25.0 prod-eu  waits: freeze quarter-close until Wed 5 May 00:00 Berlin
Thu 29 Apr 2027 15:39 Berlin  ledger@5.25.0 prod-eu  waits: window office-hours-eu closes Thu 29 Apr 16:00 Berlin, too early for 1h20m; opens again Mon 3 May 09:00 Berlin; freeze quarter-close until Wed 5 May 00:00 Berlin
Thu 29 Apr 2027 16:39 Berlin  ledger@5.25.0 prod-eu  waits: window office-hours-eu opens Mon 3 May 09:00 Berlin; freeze quarter-close until Wed 5 May 00:00 Berlin
Mon 03 May 2027 09:00 Berlin  ledger@5.25.0 prod-eu  waits: freeze quarter-close until Wed 5 May 00:00 Berlin
Mon 03 May 2027 15:39 Berlin  ledger@5.25.0 prod-eu  waits: window office-hours-eu closes Mon 3 May 16:00 Berlin, too early for 1h20m; opens again Tue 4 May 09:00 Berlin; freeze quarter-close until Wed 5 May 00:00 Berlin
Mon 03 May 2027 16:39 Berlin  ledger@5.25.0 prod-eu  waits: window office-hours-eu opens Tue 4 May 09:00 Berlin; freeze quarter-close until Wed 5 May 00:00 Berlin
Tue 04 May 2027 09:00 Berlin  ledger@5.25.0 prod-eu  waits: freeze quarter-close until Wed 5 May 00:00 Berlin
Tue 04 May 2027 14:00 Berlin  payments@3.26.0 staging  starts
Tue 04 May 2027 14:00 Berlin  web@8.26.0 staging  starts
Tue 04 May 2027 14:30 Berlin  web@8.26.0 staging  done
Tue 04 May 2027 14:30 Berlin  payments@3.26.0 staging  done
Tue 04 May 2027 15:00 Berlin  departure/retail/000011  web@8.26.0 is aboard
Tue 04 May 2027 15:00 Berlin  departure/retail/000011  payments@3.26.0 is aboard
Tue 04 May 2027 15:39 Berlin  ledger@5.25.0 prod-eu  waits: window office-hours-eu closes Tue 4 May 16:00 Berlin, too early for 1h20m; opens again Wed 5 May 09:00 Berlin; freeze quarter-close until Wed 5 May 00:00 Berlin
Tue 04 May 2027 16:39 Berlin  ledger@5.25.0 prod-eu  waits: window office-hours-eu opens Wed 5 May 09:00 Berlin; freeze quarter-close until Wed 5 May 00:00 Berlin
Wed 05 May 2027 00:00 Berlin  ledger@5.25.0 prod-eu  waits: window office-hours-eu opens Wed 5 May 09:00 Berlin
Wed 05 May 2027 09:00 Berlin  ledger@5.25.0 prod-eu  starts
Wed 05 May 2027 03:40 New York  ledger@5.25.0 prod-us  waits: prod-eu healthy for 2h; window office-hours-us opens Wed 5 May 09:00 New York
Wed 05 May 2027 10:10 Berlin  ledger@5.25.0 prod-eu  done
Wed 05 May 2027 05:40 New York  ledger@5.25.0 prod-us  waits: window office-hours-us opens Wed 5 May 09:00 New York
Wed 05 May 2027 09:00 New York  ledger@5.25.0 prod-us  starts
Wed 05 May 2027 10:10 New York  ledger@5.25.0 prod-us  done
Tue 11 May 2027 14:00 Berlin  web@8.27.0 staging  starts
Tue 11 May 2027 14:30 Berlin  web@8.27.0 staging  done
Tue 11 May 2027 15:00 Berlin  departure/retail/000011  web@8.27.0 is aboard
Mon 17 May 2027 15:00 Berlin  departure/retail/000011  go by rita: everything is green
Tue 18 May 2027 10:00 Berlin  departure/retail/000011  payments@3.24.0 stays: payments@3.26.0 travels instead
Tue 18 May 2027 10:00 Berlin  departure/retail/000011  web@8.24.0 stays: web@8.27.0 travels instead
Tue 18 May 2027 10:00 Berlin  departure/retail/000011  web@8.25.0 stays: web@8.27.0 travels instead
Tue 18 May 2027 10:00 Berlin  departure/retail/000011  web@8.26.0 stays: web@8.27.0 travels instead
Tue 18 May 2027 10:00 Berlin  departure/retail/000011  departs with payments@3.26.0, web@8.27.0
Tue 18 May 2027 10:00 Berlin  departure/retail/000013  laid for Tue 13 Jul 2027 10:00 Berlin 
Tue 18 May 2027 10:00 Berlin  payments@3.26.0 prod-eu  starts
Tue 18 May 2027 10:00 Berlin  web@8.27.0 prod-eu  waits: prod-eu is locked by payments@3.26.0 (dep_01MP8WN100HMXSPXRD2GCDJTF6); 1st of 1 for prod-eu
Tue 18 May 2027 10:40 Berlin  web@8.27.0 prod-eu  starts
Tue 18 May 2027 04:40 New York  payments@3.26.0 prod-us  waits: prod-eu healthy for 2h; window office-hours-us opens Tue 18 May 09:00 New York
Tue 18 May 2027 11:10 Berlin  payments@3.26.0 prod-eu  done
Tue 18 May 2027 05:21 New York  web@8.27.0 prod-us  waits: prod-eu healthy for 2h; window office-hours-us opens Tue 18 May 09:00 New York
Tue 18 May 2027 11:51 Berlin  web@8.27.0 prod-eu  done
Tue 18 May 2027 06:40 New York  payments@3.26.0 prod-us  waits: window office-hours-us opens Tue 18 May 09:00 New York
Tue 18 May 2027 07:21 New York  web@8.27.0 prod-us  waits: window office-hours-us opens Tue 18 May 09:00 New York
Tue 18 May 2027 14:00 Berlin  payments@3.28.0 staging  starts
Tue 18 May 2027 14:00 Berlin  web@8.28.0 staging  starts
Tue 18 May 2027 14:30 Berlin  payments@3.28.0 staging  done
Tue 18 May 2027 14:30 Berlin  web@8.28.0 staging  done
Tue 18 May 2027 09:00 New York  payments@3.26.0 prod-us  waits: 2nd of 2 for prod-us; before it: web@8.27.0
Tue 18 May 2027 09:00 New York  web@8.27.0 prod-us  starts
Tue 18 May 2027 15:00 Berlin  departure/retail/000012  web@8.28.0 is aboard
Tue 18 May 2027 15:00 Berlin  departure/retail/000012  payments@3.28.0 is aboard
Tue 18 May 2027 09:10 New York  payments@3.26.0 prod-us  waits: prod-us is locked by web@8.27.0 (dep_01MP91A1XGZHFT8CPHSN9RMC1D); 1st of 1 for prod-us
Tue 18 May 2027 09:40 New York  payments@3.26.0 prod-us  starts
Tue 18 May 2027 10:10 New York  web@8.27.0 prod-us  done
Tue 18 May 2027 10:52 New York  payments@3.26.0 prod-us  done
Tue 18 May 2027 16:52 Berlin  departure/retail/000011  arrives: 0 of 2 failed
Tue 25 May 2027 13:10 Berlin  ledger@5.29.0 staging  starts
Tue 25 May 2027 13:10 Berlin  ledger@5.29.0 prod-eu  starts
Tue 25 May 2027 13:40 Berlin  ledger@5.29.0 staging  done
Tue 25 May 2027 07:50 New York  ledger@5.29.0 prod-us  waits: prod-eu healthy for 2h; window office-hours-us opens Tue 25 May 09:00 New York
Tue 25 May 2027 14:00 Berlin  web@8.29.0 staging  starts
Tue 25 May 2027 14:20 Berlin  ledger@5.29.0 prod-eu  done
Tue 25 May 2027 14:30 Berlin  web@8.29.0 staging  done
Tue 25 May 2027 09:00 New York  ledger@5.29.0 prod-us  waits: prod-eu healthy for 2h
Tue 25 May 2027 15:00 Berlin  departure/retail/000012  web@8.29.0 is aboard
Tue 25 May 2027 09:50 New York  ledger@5.29.0 prod-us  starts
Tue 25 May 2027 11:01 New York  ledger@5.29.0 prod-us  done
Tue 01 Jun 2027 14:00 Berlin  payments@3.30.0 staging  starts
Tue 01 Jun 2027 14:00 Berlin  web@8.30.0 staging  starts
Tue 01 Jun 2027 14:30 Berlin  payments@3.30.0 staging  done
Tue 01 Jun 2027 14:30 Berlin  web@8.30.0 staging  done
Tue 01 Jun 2027 15:00 Berlin  departure/retail/000012  web@8.30.0 is aboard
Tue 01 Jun 2027 15:00 Berlin  departure/retail/000012  payments@3.30.0 is aboard
Tue 08 Jun 2027 14:00 Berlin  web@8.31.0 staging  starts
Tue 08 Jun 2027 14:30 Berlin  web@8.31.0 staging  done
Tue 08 Jun 2027 15:00 Berlin  departure/retail/000012  web@8.31.0 is aboard
Mon 14 Jun 2027 15:00 Berlin  departure/retail/000012  go by rita: everything is green
Tue 15 Jun 2027 10:00 Berlin  departure/retail/000012  payments@3.28.0 stays: payments@3.30.0 travels instead
Tue 15 Jun 2027 10:00 Berlin  departure/retail/000012  web@8.28.0 stays: web@8.31.0 travels instead
Tue 15 Jun 2027 10:00 Berlin  departure/retail/000012  web@8.29.0 stays: web@8.31.0 travels instead
Tue 15 Jun 2027 10:00 Berlin  departure/retail/000012  web@8.30.0 stays: web@8.31.0 travels instead
Tue 15 Jun 2027 10:00 Berlin  departure/retail/000012  departs with payments@3.30.0, web@8.31.0
Tue 15 Jun 2027 10:00 Berlin  departure/retail/000014  laid for Tue 10 Aug 2027 10:00 Berlin 
Tue 15 Jun 2027 10:00 Berlin  payments@3.30.0 prod-eu  starts
Tue 15 Jun 2027 10:00 Berlin  web@8.31.0 prod-eu  waits: prod-eu is locked by payments@3.30.0 (dep_01MRGZS500SCGG16A7YBS84J9K); 1st of 1 for prod-eu
Tue 15 Jun 2027 10:40 Berlin  web@8.31.0 prod-eu  starts
Tue 15 Jun 2027 04:40 New York  payments@3.30.0 prod-us  waits: prod-eu healthy for 2h; window office-hours-us opens Tue 15 Jun 09:00 New York
Tue 15 Jun 2027 11:10 Berlin  payments@3.30.0 prod-eu  done
Tue 15 Jun 2027 05:22 New York  web@8.31.0 prod-us  waits: prod-eu healthy for 2h; window office-hours-us opens Tue 15 Jun 09:00 New York
Tue 15 Jun 2027 11:52 Berlin  web@8.31.0 prod-eu  done
Tue 15 Jun 2027 06:40 New York  payments@3.30.0 prod-us  waits: window office-hours-us opens Tue 15 Jun 09:00 New York
Tue 15 Jun 2027 07:22 New York  web@8.31.0 prod-us  waits: window office-hours-us opens Tue 15 Jun 09:00 New York
Tue 15 Jun 2027 14:00 Berlin  payments@3.32.0 staging  starts
Tue 15 Jun 2027 14:00 Berlin  web@8.32.0 staging  starts
Tue 15 Jun 2027 14:30 Berlin  web@8.32.0 staging  done
Tue 15 Jun 2027 14:30 Berlin  payments@3.32.0 staging  done
Tue 15 Jun 2027 09:00 New York  payments@3.30.0 prod-us  waits: 2nd of 2 for prod-us; before it: web@8.31.0
Tue 15 Jun 2027 09:00 New York  web@8.31.0 prod-us  starts
Tue 15 Jun 2027 15:00 Berlin  departure/retail/000013  web@8.32.0 is aboard
Tue 15 Jun 2027 15:00 Berlin  departure/retail/000013  payments@3.32.0 is aboard
Tue 15 Jun 2027 09:10 New York  payments@3.30.0 prod-us  waits: prod-us is locked by web@8.31.0 (dep_01MRH4FCS7J4ZHXMGPKR88J278); 1st of 1 for prod-us
Tue 15 Jun 2027 09:40 New York  payments@3.30.0 prod-us  starts
Tue 15 Jun 2027 10:10 New York  web@8.31.0 prod-us  done
Tue 15 Jun 2027 10:52 New York  payments@3.30.0 prod-us  done
Tue 15 Jun 2027 16:52 Berlin  departure/retail/000012  arrives: 0 of 2 failed
Tue 22 Jun 2027 13:10 Berlin  ledger@5.33.0 staging  starts
Tue 22 Jun 2027 13:10 Berlin  ledger@5.33.0 prod-eu  starts
Tue 22 Jun 2027 13:40 Berlin  ledger@5.33.0 staging  done
Tue 22 Jun 2027 07:50 New York  ledger@5.33.0 prod-us  waits: prod-eu healthy for 2h; window office-hours-us opens Tue 22 Jun 09:00 New York
Tue 22 Jun 2027 14:00 Berlin  web@8.33.0 staging  starts
Tue 22 Jun 2027 14:20 Berlin  ledger@5.33.0 prod-eu  done
Tue 22 Jun 2027 14:30 Berlin  web@8.33.0 staging  done
Tue 22 Jun 2027 09:00 New York  ledger@5.33.0 prod-us  waits: prod-eu healthy for 2h
Tue 22 Jun 2027 15:00 Berlin  departure/retail/000013  web@8.33.0 is aboard
Tue 22 Jun 2027 09:50 New York  ledger@5.33.0 prod-us  starts
Tue 22 Jun 2027 11:01 New York  ledger@5.33.0 prod-us  done
Tue 29 Jun 2027 14:00 Berlin  payments@3.34.0 staging  starts
Tue 29 Jun 2027 14:00 Berlin  web@8.34.0 staging  starts
Tue 29 Jun 2027 14:30 Berlin  payments@3.34.0 staging  done
Tue 29 Jun 2027 14:30 Berlin  web@8.34.0 staging  done
Tue 29 Jun 2027 15:00 Berlin  departure/retail/000013  web@8.34.0 is aboard
Tue 29 Jun 2027 15:00 Berlin  departure/retail/000013  payments@3.34.0 is aboard
Tue 06 Jul 2027 14:00 Berlin  web@8.35.0 staging  starts
Tue 06 Jul 2027 14:30 Berlin  web@8.35.0 staging  done
Tue 06 Jul 2027 15:00 Berlin  departure/retail/000013  web@8.35.0 is aboard
Mon 12 Jul 2027 15:00 Berlin  departure/retail/000013  go by rita: everything is green
Tue 13 Jul 2027 10:00 Berlin  departure/retail/000013  payments@3.32.0 stays: payments@3.34.0 travels instead
Tue 13 Jul 2027 10:00 Berlin  departure/retail/000013  web@8.32.0 stays: web@8.35.0 travels instead
Tue 13 Jul 2027 10:00 Berlin  departure/retail/000013  web@8.33.0 stays: web@8.35.0 travels instead
Tue 13 Jul 2027 10:00 Berlin  departure/retail/000013  web@8.34.0 stays: web@8.35.0 travels instead
Tue 13 Jul 2027 10:00 Berlin  departure/retail/000013  departs with payments@3.34.0, web@8.35.0
Tue 13 Jul 2027 10:00 Berlin  departure/retail/000015  laid for Tue 07 Sep 2027 10:00 Berlin 
Tue 13 Jul 2027 10:00 Berlin  payments@3.34.0 prod-eu  starts
Tue 13 Jul 2027 10:00 Berlin  web@8.35.0 prod-eu  waits: prod-eu is locked by payments@3.34.0 (dep_01MTS2X900NGQG3KE7M3HJHBFE); 1st of 1 for prod-eu
Tue 13 Jul 2027 10:40 Berlin  web@8.35.0 prod-eu  starts
Tue 13 Jul 2027 04:40 New York  payments@3.34.0 prod-us  waits: prod-eu healthy for 2h; window office-hours-us opens Tue 13 Jul 09:00 New York
Tue 13 Jul 2027 11:10 Berlin  payments@3.34.0 prod-eu  done
Tue 13 Jul 2027 05:22 New York  web@8.35.0 prod-us  waits: prod-eu healthy for 2h; window office-hours-us opens Tue 13 Jul 09:00 New York
Tue 13 Jul 2027 11:52 Berlin  web@8.35.0 prod-eu  done
Tue 13 Jul 2027 06:40 New York  payments@3.34.0 prod-us  waits: window office-hours-us opens Tue 13 Jul 09:00 New York
Tue 13 Jul 2027 07:22 New York  web@8.35.0 prod-us  waits: window office-hours-us opens Tue 13 Jul 09:00 New York
Tue 13 Jul 2027 14:00 Berlin  payments@3.36.0 staging  starts
Tue 13 Jul 2027 14:00 Berlin  web@8.36.0 staging  starts
Tue 13 Jul 2027 14:30 Berlin  web@8.36.0 staging  done
Tue 13 Jul 2027 14:30 Berlin  payments@3.36.0 staging  done
Tue 13 Jul 2027 09:00 New York  payments@3.34.0 prod-us  waits: 2nd of 2 for prod-us; before it: web@8.35.0
Tue 13 Jul 2027 09:00 New York  web@8.35.0 prod-us  starts
Tue 13 Jul 2027 15:00 Berlin  departure/retail/000014  web@8.36.0 is aboard
Tue 13 Jul 2027 15:00 Berlin  departure/retail/000014  payments@3.36.0 is aboard
Tue 13 Jul 2027 09:10 New York  payments@3.34.0 prod-us  waits: prod-us is locked by web@8.35.0 (dep_01MTS7M6H1CD25XPHW07ZVZ0XW); 1st of 1 for prod-us
Tue 13 Jul 2027 09:40 New York  payments@3.34.0 prod-us  starts
Tue 13 Jul 2027 10:10 New York  web@8.35.0 prod-us  done
Tue 13 Jul 2027 10:52 New York  payments@3.34.0 prod-us  done
Tue 13 Jul 2027 16:52 Berlin  departure/retail/000013  arrives: 0 of 2 failed
Tue 13 Jul 2027 16:52 Berlin  train/retail  rhythm proposed: every 2 weeks on Tue at 10:00
Thu 15 Jul 2027 16:52 Berlin  train/retail  rhythm is now every 2 weeks on Tue at 10:00: 0 of 8 failed on #10, #11, #12, #13; limit 5% failed over 4 departures; nobody refused
Thu 15 Jul 2027 16:52 Berlin  departure/retail/000015  relaid for Tue 27 Jul 2027 10:00 Berlin retail leaves every 2 weeks on Tue at 10:00
Tue 20 Jul 2027 13:10 Berlin  ledger@5.37.0 staging  starts
Tue 20 Jul 2027 13:10 Berlin  ledger@5.37.0 prod-eu  starts
Tue 20 Jul 2027 13:40 Berlin  ledger@5.37.0 staging  done
Tue 20 Jul 2027 07:50 New York  ledger@5.37.0 prod-us  waits: prod-eu healthy for 2h; window office-hours-us opens Tue 20 Jul 09:00 New York
Tue 20 Jul 2027 14:00 Berlin  web@8.37.0 staging  starts
Tue 20 Jul 2027 14:20 Berlin  ledger@5.37.0 prod-eu  done
Tue 20 Jul 2027 14:30 Berlin  web@8.37.0 staging  done
Tue 20 Jul 2027 09:00 New York  ledger@5.37.0 prod-us  waits: prod-eu healthy for 2h
Tue 20 Jul 2027 15:00 Berlin  departure/retail/000014  web@8.37.0 is aboard
Tue 20 Jul 2027 09:50 New York  ledger@5.37.0 prod-us  starts
Tue 20 Jul 2027 11:01 New York  ledger@5.37.0 prod-us  done
Tue 27 Jul 2027 10:00 Berlin  departure/retail/000015  departs with 
Tue 27 Jul 2027 10:00 Berlin  departure/retail/000015  arrives: 0 of 0 failed
Tue 27 Jul 2027 10:00 Berlin  departure/retail/000016  laid for Tue 24 Aug 2027 10:00 Berlin 
Tue 27 Jul 2027 14:00 Berlin  payments@3.38.0 staging  starts
Tue 27 Jul 2027 14:00 Berlin  web@8.38.0 staging  starts
Tue 27 Jul 2027 14:30 Berlin  web@8.38.0 staging  done
Tue 27 Jul 2027 14:30 Berlin  payments@3.38.0 staging  done
Tue 27 Jul 2027 15:00 Berlin  departure/retail/000014  web@8.38.0 is aboard
Tue 27 Jul 2027 15:00 Berlin  departure/retail/000014  payments@3.38.0 is aboard
Tue 03 Aug 2027 14:00 Berlin  web@8.39.0 staging  starts
Tue 03 Aug 2027 14:30 Berlin  web@8.39.0 staging  done
Tue 03 Aug 2027 15:00 Berlin  departure/retail/000014  web@8.39.0 is aboard
Mon 09 Aug 2027 15:00 Berlin  departure/retail/000014  go by rita: everything is green
Tue 10 Aug 2027 10:00 Berlin  departure/retail/000014  payments@3.36.0 stays: payments@3.38.0 travels instead
Tue 10 Aug 2027 10:00 Berlin  departure/retail/000014  web@8.36.0 stays: web@8.39.0 travels instead
Tue 10 Aug 2027 10:00 Berlin  departure/retail/000014  web@8.37.0 stays: web@8.39.0 travels instead
Tue 10 Aug 2027 10:00 Berlin  departure/retail/000014  web@8.38.0 stays: web@8.39.0 travels instead
Tue 10 Aug 2027 10:00 Berlin  departure/retail/000014  departs with payments@3.38.0, web@8.39.0
Tue 10 Aug 2027 10:00 Berlin  departure/retail/000017  laid for Tue 07 Sep 2027 10:00 Berlin 
Tue 10 Aug 2027 10:00 Berlin  payments@3.38.0 prod-eu  starts
Tue 10 Aug 2027 10:00 Berlin  web@8.39.0 prod-eu  waits: prod-eu is locked by payments@3.38.0 (dep_01MX161D00QRY68VVHQ7AHE589); 1st of 1 for prod-eu
Tue 10 Aug 2027 10:40 Berlin  web@8.39.0 prod-eu  starts
Tue 10 Aug 2027 04:40 New York  payments@3.38.0 prod-us  waits: prod-eu healthy for 2h; window office-hours-us opens Tue 10 Aug 09:00 New York
Tue 10 Aug 2027 11:10 Berlin  payments@3.38.0 prod-eu  done
Tue 10 Aug 2027 05:21 New York  web@8.39.0 prod-us  waits: prod-eu healthy for 2h; window office-hours-us opens Tue 10 Aug 09:00 New York
Tue 10 Aug 2027 11:51 Berlin  web@8.39.0 prod-eu  done
Tue 10 Aug 2027 06:40 New York  payments@3.38.0 prod-us  waits: window office-hours-us opens Tue 10 Aug 09:00 New York
Tue 10 Aug 2027 07:21 New York  web@8.39.0 prod-us  waits: window office-hours-us opens Tue 10 Aug 09:00 New York
Tue 10 Aug 2027 14:00 Berlin  payments@3.40.0 staging  starts
Tue 10 Aug 2027 14:00 Berlin  web@8.40.0 staging  starts
Tue 10 Aug 2027 14:30 Berlin  web@8.40.0 staging  done
Tue 10 Aug 2027 14:30 Berlin  payments@3.40.0 staging  done
Tue 10 Aug 2027 09:00 New York  payments@3.38.0 prod-us  waits: 2nd of 2 for prod-us; before it: web@8.39.0
Tue 10 Aug 2027 09:00 New York  web@8.39.0 prod-us  starts
Tue 10 Aug 2027 15:00 Berlin  departure/retail/000016  web@8.40.0 is aboard
Tue 10 Aug 2027 15:00 Berlin  departure/retail/000016  payments@3.40.0 is aboard
Tue 10 Aug 2027 09:10 New York  payments@3.38.0 prod-us  waits: prod-us is locked by web@8.39.0 (dep_01MX1APNYVSB8NCDP6GWHWD2MT); 1st of 1 for prod-us
Tue 10 Aug 2027 09:40 New York  payments@3.38.0 prod-us  starts
Tue 10 Aug 2027 10:10 New York  web@8.39.0 prod-us  done
Tue 10 Aug 2027 10:52 New York  payments@3.38.0 prod-us  done
Tue 10 Aug 2027 16:52 Berlin  departure/retail/000014  arrives: 0 of 2 failed
Tue 17 Aug 2027 13:10 Berlin  ledger@5.41.0 staging  starts
Tue 17 Aug 2027 13:10 Berlin  ledger@5.41.0 prod-eu  starts
Tue 17 Aug 2027 13:40 Berlin  ledger@5.41.0 staging  done
Tue 17 Aug 2027 07:50 New York  ledger@5.41.0 prod-us  waits: prod-eu healthy for 2h; window office-hours-us opens Tue 17 Aug 09:00 New York
Tue 17 Aug 2027 14:00 Berlin  web@8.41.0 staging  starts
Tue 17 Aug 2027 14:20 Berlin  ledger@5.41.0 prod-eu  done
Tue 17 Aug 2027 14:30 Berlin  web@8.41.0 staging  done
Tue 17 Aug 2027 09:00 New York  ledger@5.41.0 prod-us  waits: prod-eu healthy for 2h
Tue 17 Aug 2027 15:00 Berlin  departure/retail/000016  web@8.41.0 is aboard
Tue 17 Aug 2027 09:50 New York  ledger@5.41.0 prod-us  starts
Tue 17 Aug 2027 11:01 New York  ledger@5.41.0 prod-us  done
Mon 23 Aug 2027 15:00 Berlin  departure/retail/000016  go by rita: everything is green
Tue 24 Aug 2027 10:00 Berlin  departure/retail/000016  web@8.40.0 stays: web@8.41.0 travels instead
Tue 24 Aug 2027 10:00 Berlin  departure/retail/000016  departs with payments@3.40.0, web@8.41.0
Tue 24 Aug 2027 10:00 Berlin  departure/retail/000018  laid for Tue 21 Sep 2027 10:00 Berlin 
Tue 24 Aug 2027 10:00 Berlin  payments@3.40.0 prod-eu  starts
Tue 24 Aug 2027 10:00 Berlin  web@8.41.0 prod-eu  waits: prod-eu is locked by payments@3.40.0 (dep_01MY57KF00194ATNF0GZGE900V); 1st of 1 for prod-eu
Tue 24 Aug 2027 10:40 Berlin  web@8.41.0 prod-eu  starts
Tue 24 Aug 2027 04:40 New York  payments@3.40.0 prod-us  waits: prod-eu healthy for 2h; window office-hours-us opens Tue 24 Aug 09:00 New York
Tue 24 Aug 2027 11:10 Berlin  payments@3.40.0 prod-eu  done
Tue 24 Aug 2027 05:21 New York  web@8.41.0 prod-us  waits: prod-eu healthy for 2h; window office-hours-us opens Tue 24 Aug 09:00 New York
Tue 24 Aug 2027 11:52 Berlin  web@8.41.0 prod-eu  done
Tue 24 Aug 2027 06:40 New York  payments@3.40.0 prod-us  waits: window office-hours-us opens Tue 24 Aug 09:00 New York
Tue 24 Aug 2027 07:21 New York  web@8.41.0 prod-us  waits: window office-hours-us opens Tue 24 Aug 09:00 New York
Tue 24 Aug 2027 14:00 Berlin  payments@3.42.0 staging  starts
Tue 24 Aug 2027 14:00 Berlin  web@8.42.0 staging  starts
Tue 24 Aug 2027 14:30 Berlin  payments@3.42.0 staging  done
Tue 24 Aug 2027 14:30 Berlin  web@8.42.0 staging  done
Tue 24 Aug 2027 09:00 New York  payments@3.40.0 prod-us  waits: 2nd of 2 for prod-us; before it: web@8.41.0
Tue 24 Aug 2027 09:00 New York  web@8.41.0 prod-us  starts
Tue 24 Aug 2027 15:00 Berlin  departure/retail/000017  web@8.42.0 is aboard
Tue 24 Aug 2027 15:00 Berlin  departure/retail/000017  payments@3.42.0 is aboard
Tue 24 Aug 2027 09:10 New York  payments@3.40.0 prod-us  waits: prod-us is locked by web@8.41.0 (dep_01MY5C9K47ABXFRE8AB81D6WHW); 1st of 1 for prod-us
Tue 24 Aug 2027 09:40 New York  payments@3.40.0 prod-us  starts
Tue 24 Aug 2027 10:10 New York  web@8.41.0 prod-us  done
Tue 24 Aug 2027 10:51 New York  payments@3.40.0 prod-us  done
Tue 24 Aug 2027 16:51 Berlin  departure/retail/000016  arrives: 0 of 2 failed
Tue 31 Aug 2027 14:00 Berlin  web@8.43.0 staging  starts
Tue 31 Aug 2027 14:30 Berlin  web@8.43.0 staging  done
Tue 31 Aug 2027 15:00 Berlin  departure/retail/000017  web@8.43.0 is aboard
Mon 06 Sep 2027 15:00 Berlin  departure/retail/000017  go by rita: everything is green
Tue 07 Sep 2027 10:00 Berlin  departure/retail/000017  web@8.42.0 stays: web@8.43.0 travels instead
Tue 07 Sep 2027 10:00 Berlin  departure/retail/000017  departs with payments@3.42.0, web@8.43.0
Tue 07 Sep 2027 10:00 Berlin  departure/retail/000019  laid for Tue 05 Oct 2027 10:00 Berlin 
Tue 07 Sep 2027 10:00 Berlin  payments@3.42.0 prod-eu  starts
Tue 07 Sep 2027 10:00 Berlin  web@8.43.0 prod-eu  waits: prod-eu is locked by payments@3.42.0 (dep_01MZ995H00647DF639Q4RG5ZQE); 1st of 1 for prod-eu
Tue 07 Sep 2027 10:40 Berlin  web@8.43.0 prod-eu  starts
Tue 07 Sep 2027 04:40 New York  payments@3.42.0 prod-us  waits: prod-eu healthy for 2h; window office-hours-us opens Tue 7 Sep 09:00 New York
Tue 07 Sep 2027 11:10 Berlin  payments@3.42.0 prod-eu  done
Tue 07 Sep 2027 05:21 New York  web@8.43.0 prod-us  waits: prod-eu healthy for 2h; window office-hours-us opens Tue 7 Sep 09:00 New York
Tue 07 Sep 2027 11:51 Berlin  web@8.43.0 prod-eu  done
Tue 07 Sep 2027 06:40 New York  payments@3.42.0 prod-us  waits: window office-hours-us opens Tue 7 Sep 09:00 New York
Tue 07 Sep 2027 07:21 New York  web@8.43.0 prod-us  waits: window office-hours-us opens Tue 7 Sep 09:00 New York
Tue 07 Sep 2027 14:00 Berlin  payments@3.44.0 staging  starts
Tue 07 Sep 2027 14:00 Berlin  web@8.44.0 staging  starts
Tue 07 Sep 2027 14:30 Berlin  web@8.44.0 staging  done
Tue 07 Sep 2027 14:30 Berlin  payments@3.44.0 staging  done
Tue 07 Sep 2027 09:00 New York  payments@3.42.0 prod-us  waits: 2nd of 2 for prod-us; before it: web@8.43.0
Tue 07 Sep 2027 09:00 New York  web@8.43.0 prod-us  starts
Tue 07 Sep 2027 15:00 Berlin  departure/retail/000018  web@8.44.0 is aboard
Tue 07 Sep 2027 15:00 Berlin  departure/retail/000018  payments@3.44.0 is aboard
Tue 07 Sep 2027 09:10 New York  payments@3.42.0 prod-us  waits: prod-us is locked by web@8.43.0 (dep_01MZ9DVJ28Z24FF2NR1PE94MA2); 1st of 1 for prod-us
Tue 07 Sep 2027 09:40 New York  payments@3.42.0 prod-us  starts
Tue 07 Sep 2027 10:10 New York  web@8.43.0 prod-us  done
Tue 07 Sep 2027 10:52 New York  payments@3.42.0 prod-us  done
Tue 07 Sep 2027 16:52 Berlin  departure/retail/000017  arrives: 0 of 2 failed
Tue 14 Sep 2027 13:10 Berlin  ledger@5.45.0 staging  starts
Tue 14 Sep 2027 13:10 Berlin  ledger@5.45.0 prod-eu  starts
Tue 14 Sep 2027 13:40 Berlin  ledger@5.45.0 staging  done
Tue 14 Sep 2027 07:50 New York  ledger@5.45.0 prod-us  waits: prod-eu healthy for 2h; window office-hours-us opens Tue 14 Sep 09:00 New York
Tue 14 Sep 2027 14:00 Berlin  web@8.45.0 staging  starts
Tue 14 Sep 2027 14:20 Berlin  ledger@5.45.0 prod-eu  done
Tue 14 Sep 2027 14:30 Berlin  web@8.45.0 staging  done
Tue 14 Sep 2027 09:00 New York  ledger@5.45.0 prod-us  waits: prod-eu healthy for 2h
Tue 14 Sep 2027 15:00 Berlin  departure/retail/000018  web@8.45.0 is aboard
Tue 14 Sep 2027 09:50 New York  ledger@5.45.0 prod-us  starts
Tue 14 Sep 2027 11:01 New York  ledger@5.45.0 prod-us  done
Mon 20 Sep 2027 15:00 Berlin  departure/retail/000018  go by rita: everything is green
Tue 21 Sep 2027 10:00 Berlin  departure/retail/000018  web@8.44.0 stays: web@8.45.0 travels instead
Tue 21 Sep 2027 10:00 Berlin  departure/retail/000018  departs with payments@3.44.0, web@8.45.0
Tue 21 Sep 2027 10:00 Berlin  departure/retail/000020  laid for Tue 19 Oct 2027 10:00 Berlin 
Tue 21 Sep 2027 10:00 Berlin  payments@3.44.0 prod-eu  starts
Tue 21 Sep 2027 10:00 Berlin  web@8.45.0 prod-eu  waits: prod-eu is locked by payments@3.44.0 (dep_01N0DAQK00WVC24F26Z8NC6TNS); 1st of 1 for prod-eu
Tue 21 Sep 2027 10:40 Berlin  web@8.45.0 prod-eu  starts
Tue 21 Sep 2027 04:40 New York  payments@3.44.0 prod-us  waits: prod-eu healthy for 2h; window office-hours-us opens Tue 21 Sep 09:00 New York
Tue 21 Sep 2027 11:10 Berlin  payments@3.44.0 prod-eu  done
Tue 21 Sep 2027 05:21 New York  web@8.45.0 prod-us  waits: prod-eu healthy for 2h; window office-hours-us opens Tue 21 Sep 09:00 New York
Tue 21 Sep 2027 11:51 Berlin  web@8.45.0 prod-eu  done
Tue 21 Sep 2027 06:40 New York  payments@3.44.0 prod-us  waits: window office-hours-us opens Tue 21 Sep 09:00 New York
Tue 21 Sep 2027 07:21 New York  web@8.45.0 prod-us  waits: window office-hours-us opens Tue 21 Sep 09:00 New York
Tue 21 Sep 2027 14:00 Berlin  payments@3.46.0 staging  starts
Tue 21 Sep 2027 14:00 Berlin  web@8.46.0 staging  starts
Tue 21 Sep 2027 14:30 Berlin  payments@3.46.0 staging  done
Tue 21 Sep 2027 14:30 Berlin  web@8.46.0 staging  done
Tue 21 Sep 2027 09:00 New York  payments@3.44.0 prod-us  waits: 2nd of 2 for prod-us; before it: web@8.45.0
Tue 21 Sep 2027 09:00 New York  web@8.45.0 prod-us  starts
Tue 21 Sep 2027 15:00 Berlin  departure/retail/000019  web@8.46.0 is aboard
Tue 21 Sep 2027 15:00 Berlin  departure/retail/000019  payments@3.46.0 is aboard
Tue 21 Sep 2027 09:10 New York  payments@3.44.0 prod-us  waits: prod-us is locked by web@8.45.0 (dep_01N0DFCW9XMR26NWHZ7326CZDG); 1st of 1 for prod-us
Tue 21 Sep 2027 09:40 New York  payments@3.44.0 prod-us  starts
Tue 21 Sep 2027 10:10 New York  web@8.45.0 prod-us  done
Tue 21 Sep 2027 10:51 New York  payments@3.44.0 prod-us  done
Tue 21 Sep 2027 16:51 Berlin  departure/retail/000018  arrives: 0 of 2 failed
Tue 28 Sep 2027 14:00 Berlin  web@8.47.0 staging  starts
Tue 28 Sep 2027 14:30 Berlin  web@8.47.0 staging  done
Tue 28 Sep 2027 15:00 Berlin  departure/retail/000019  web@8.47.0 is aboard
Mon 04 Oct 2027 15:00 Berlin  departure/retail/000019  go by rita: everything is green
Tue 05 Oct 2027 10:00 Berlin  departure/retail/000019  web@8.46.0 stays: web@8.47.0 travels instead
Tue 05 Oct 2027 10:00 Berlin  departure/retail/000019  departs with payments@3.46.0, web@8.47.0
Tue 05 Oct 2027 10:00 Berlin  departure/retail/000021  laid for Tue 02 Nov 2027 10:00 Berlin 
Tue 05 Oct 2027 10:00 Berlin  payments@3.46.0 prod-eu  starts
Tue 05 Oct 2027 10:00 Berlin  web@8.47.0 prod-eu  waits: prod-eu is locked by payments@3.46.0 (dep_01N1HC9N00AY5ZN2V4K463QEDH); 1st of 1 for prod-eu
Tue 05 Oct 2027 10:40 Berlin  web@8.47.0 prod-eu  starts
Tue 05 Oct 2027 04:40 New York  payments@3.46.0 prod-us  waits: prod-eu healthy for 2h; window office-hours-us opens Tue 5 Oct 09:00 New York
Tue 05 Oct 2027 11:10 Berlin  payments@3.46.0 prod-eu  done
Tue 05 Oct 2027 05:21 New York  web@8.47.0 prod-us  waits: prod-eu healthy for 2h; window office-hours-us opens Tue 5 Oct 09:00 New York
Tue 05 Oct 2027 11:51 Berlin  web@8.47.0 prod-eu  done
Tue 05 Oct 2027 06:40 New York  payments@3.46.0 prod-us  waits: window office-hours-us opens Tue 5 Oct 09:00 New York
Tue 05 Oct 2027 07:21 New York  web@8.47.0 prod-us  waits: window office-hours-us opens Tue 5 Oct 09:00 New York
Tue 05 Oct 2027 14:00 Berlin  payments@3.48.0 staging  starts
Tue 05 Oct 2027 14:00 Berlin  web@8.48.0 staging  starts
Tue 05 Oct 2027 14:30 Berlin  web@8.48.0 staging  done
Tue 05 Oct 2027 14:30 Berlin  payments@3.48.0 staging  done
Tue 05 Oct 2027 09:00 New York  payments@3.46.0 prod-us  waits: 2nd of 2 for prod-us; before it: web@8.47.0
Tue 05 Oct 2027 09:00 New York  web@8.47.0 prod-us  starts
Tue 05 Oct 2027 15:00 Berlin  departure/retail/000020  web@8.48.0 is aboard
Tue 05 Oct 2027 15:00 Berlin  departure/retail/000020  payments@3.48.0 is aboard
Tue 05 Oct 2027 09:10 New York  payments@3.46.0 prod-us  waits: prod-us is locked by web@8.47.0 (dep_01N1HGZKV4P2W0RVRHM7NHX1CA); 1st of 1 for prod-us
Tue 05 Oct 2027 09:40 New York  payments@3.46.0 prod-us  starts
Tue 05 Oct 2027 10:10 New York  web@8.47.0 prod-us  done
Tue 05 Oct 2027 10:51 New York  payments@3.46.0 prod-us  done
Tue 05 Oct 2027 16:51 Berlin  departure/retail/000019  arrives: 0 of 2 failed
Tue 12 Oct 2027 13:10 Berlin  ledger@5.49.0 staging  starts
Tue 12 Oct 2027 13:10 Berlin  ledger@5.49.0 prod-eu  starts
Tue 12 Oct 2027 13:40 Berlin  ledger@5.49.0 staging  done
Tue 12 Oct 2027 07:50 New York  ledger@5.49.0 prod-us  waits: prod-eu healthy for 2h; window office-hours-us opens Tue 12 Oct 09:00 New York
Tue 12 Oct 2027 14:00 Berlin  web@8.49.0 staging  starts
Tue 12 Oct 2027 14:20 Berlin  ledger@5.49.0 prod-eu  done
Tue 12 Oct 2027 14:30 Berlin  web@8.49.0 staging  done
Tue 12 Oct 2027 09:00 New York  ledger@5.49.0 prod-us  waits: prod-eu healthy for 2h
Tue 12 Oct 2027 15:00 Berlin  departure/retail/000020  web@8.49.0 is aboard
Tue 12 Oct 2027 09:50 New York  ledger@5.49.0 prod-us  starts
Tue 12 Oct 2027 11:01 New York  ledger@5.49.0 prod-us  done
Mon 18 Oct 2027 15:00 Berlin  departure/retail/000020  go by rita: everything is green
Tue 19 Oct 2027 10:00 Berlin  departure/retail/000020  web@8.48.0 stays: web@8.49.0 travels instead
Tue 19 Oct 2027 10:00 Berlin  departure/retail/000020  departs with payments@3.48.0, web@8.49.0
Tue 19 Oct 2027 10:00 Berlin  departure/retail/000022  laid for Tue 16 Nov 2027 10:00 Berlin 
Tue 19 Oct 2027 10:00 Berlin  payments@3.48.0 prod-eu  starts
Tue 19 Oct 2027 10:00 Berlin  web@8.49.0 prod-eu  waits: prod-eu is locked by payments@3.48.0 (dep_01N2NDVQ00JPPT4H5WRDTX5QRR); 1st of 1 for prod-eu
Tue 19 Oct 2027 10:40 Berlin  web@8.49.0 prod-eu  starts
Tue 19 Oct 2027 04:40 New York  payments@3.48.0 prod-us  waits: prod-eu healthy for 2h; window office-hours-us opens Tue 19 Oct 09:00 New York
Tue 19 Oct 2027 11:10 Berlin  payments@3.48.0 prod-eu  done
Tue 19 Oct 2027 05:22 New York  web@8.49.0 prod-us  waits: prod-eu healthy for 2h; window office-hours-us opens Tue 19 Oct 09:00 New York
Tue 19 Oct 2027 11:52 Berlin  web@8.49.0 prod-eu  done
Tue 19 Oct 2027 06:40 New York  payments@3.48.0 prod-us  waits: window office-hours-us opens Tue 19 Oct 09:00 New York
Tue 19 Oct 2027 07:22 New York  web@8.49.0 prod-us  waits: window office-hours-us opens Tue 19 Oct 09:00 New York
Tue 19 Oct 2027 14:00 Berlin  payments@3.50.0 staging  starts
Tue 19 Oct 2027 14:00 Berlin  web@8.50.0 staging  starts
Tue 19 Oct 2027 14:30 Berlin  web@8.50.0 staging  done
Tue 19 Oct 2027 14:30 Berlin  payments@3.50.0 staging  done
Tue 19 Oct 2027 09:00 New York  payments@3.48.0 prod-us  waits: 2nd of 2 for prod-us; before it: web@8.49.0
Tue 19 Oct 2027 09:00 New York  web@8.49.0 prod-us  starts
Tue 19 Oct 2027 15:00 Berlin  departure/retail/000021  web@8.50.0 is aboard
Tue 19 Oct 2027 15:00 Berlin  departure/retail/000021  payments@3.50.0 is aboard
Tue 19 Oct 2027 09:10 New York  payments@3.48.0 prod-us  waits: prod-us is locked by web@8.49.0 (dep_01N2NJHVXSFZJHZ0V0CKWMYH4Z); 1st of 1 for prod-us
Tue 19 Oct 2027 09:40 New York  payments@3.48.0 prod-us  starts
Tue 19 Oct 2027 10:10 New York  web@8.49.0 prod-us  done
Tue 19 Oct 2027 10:52 New York  payments@3.48.0 prod-us  done
Tue 19 Oct 2027 16:52 Berlin  departure/retail/000020  arrives: 0 of 2 failed
Tue 26 Oct 2027 14:00 Berlin  web@8.51.0 staging  starts
Tue 26 Oct 2027 14:30 Berlin  web@8.51.0 staging  done
Tue 26 Oct 2027 15:00 Berlin  departure/retail/000021  web@8.51.0 is aboard
Wed 03 Nov 2027 10:00 Berlin  departure/retail/000021  postponed for Tue 16 Nov 2027 10:00 Berlin nobody said go within 1d after its instant
Wed 03 Nov 2027 10:00 Berlin  departure/retail/000022  relaid for Tue 30 Nov 2027 10:00 Berlin retail leaves every 2 weeks on Tue at 10:00
