<?php
return true;
